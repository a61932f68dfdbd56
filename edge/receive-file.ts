import { PassThrough, type Readable } from 'node:stream';
import { Fault } from '../shared/fault.ts';
import type { UploadGrant } from '../shared/file-signature.ts';
import type { FilesPort } from '../shared/ports/files.ts';
import { discard } from './multipart.ts';
import type { RouteRequest } from './route.ts';

/**
 * Receives the file that a token grants, a request's plain body, straight into the store. Rejects with `Fault` for one that is
 * not as granted, cut off or too slow; the store then holds nothing of it. `idleMs`: how long the client may send nothing.
 */
export async function receiveFile(
  { stream, headers }: Pick<RouteRequest, 'stream' | 'headers'>,
  files: Pick<FilesPort, 'receive'>,
  grant: UploadGrant,
  idleMs = 30_000,
): Promise<void> {
  try {
    checkHeaders(headers, grant);
    await files.receive(grant, bodyOf(stream, idleMs));
  } finally {
    discard(stream);
  }
}

function checkHeaders(headers: RouteRequest['headers'], { sizeBytes, contentType }: UploadGrant): void {
  const { 'content-length': length, 'content-type': type, 'content-encoding': encoding = 'identity' } = headers;
  if (length === undefined) throw new Fault('length_required', 'The upload must come with its Content-Length.');
  if (Number(length) !== sizeBytes) {
    throw new Fault('invalid', `The file must have the ${sizeBytes} bytes that were announced.`, {
      reason: 'SIZE_MISMATCH',
      details: { sizeBytes },
    });
  }
  if (type !== contentType || encoding !== 'identity') {
    throw new Fault('unsupported_media_type', `The file must be sent as ${contentType}, as was announced.`, {
      reason: 'INVALID_FILE_TYPE',
      details: { contentType },
    });
  }
}

/** The body as a stream of its own, which the store may destroy while the client still gets an answer. */
function bodyOf(stream: Readable, idleMs: number): Readable {
  const body = new PassThrough();
  const silent = () => {
    // It is we who are slow.
    if (body.writableNeedDrain) idle.refresh();
    else body.destroy(new Fault('timeout', 'The upload stood still for too long.'));
  };
  const idle = setTimeout(silent, idleMs);
  const cutOff = () => {
    if (!stream.readableEnded) body.destroy(new Fault('malformed', 'The upload ended early.'));
  };
  stream.on('data', () => idle.refresh());
  stream.once('error', cutOff).once('close', cutOff);
  body.once('close', () => clearTimeout(idle));
  return stream.pipe(body);
}
