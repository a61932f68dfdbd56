import busboy from 'busboy';
import type { Readable } from 'node:stream';
import { Fault } from '../shared/fault.ts';
import { checkText } from './body.ts';
import type { RouteRequest } from './route.ts';

export interface MultipartOptions {
  /** Of everything that is sent: parts, their headers, what surrounds them. */
  maxBodyBytes: number;
  /** Takes in the one file; a rejection ends the reading. Neither name is to be trusted. */
  onFile: (field: string | undefined, part: Readable, filename: string | undefined) => Promise<unknown>;
  /** How long the client may send nothing; 30 s unless given. */
  idleMs?: number;
}

const limits = { files: 1, fields: 20, fieldSize: 16_384, parts: 25 };
/** How long the rest of a refused body is read, so that a client that is still sending gets to see why. */
const lingerMs = 5_000;

/**
 * Reads a multipart form as it arrives, no faster than its file is taken in; the text fields by name. Rejects with `Fault`:
 * `unsupported_media_type`, `malformed` (no form, or cut off), `too_large`, `invalid`, `timeout` (the client fell silent).
 */
export async function readMultipart(
  { stream, headers }: Pick<RouteRequest, 'stream' | 'headers'>,
  { maxBodyBytes, onFile, idleMs = 30_000 }: MultipartOptions,
): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  let parser: busboy.Busboy | undefined;
  let idle: NodeJS.Timeout | undefined;
  try {
    if (Number(headers['content-length']) > maxBodyBytes) throw tooLarge(maxBodyBytes);
    const reading = (parser = openParser(headers));
    await new Promise<void>((resolve, reject) => {
      let receivedBytes = 0;
      const silent = () => {
        // It is we who are slow.
        if (reading.writableNeedDrain) idle?.refresh();
        else reject(new Fault('timeout', 'The upload stood still for too long.'));
      };
      const cutOff = () => {
        if (!stream.readableEnded) reject(new Fault('malformed', 'The upload ended early.'));
      };
      idle = setTimeout(silent, idleMs);
      stream.on('data', (chunk: Buffer) => {
        idle?.refresh();
        receivedBytes += chunk.length;
        if (receivedBytes > maxBodyBytes) reject(tooLarge(maxBodyBytes));
      });
      stream.once('error', cutOff).once('close', cutOff);
      reading.on('file', (field: string | undefined, part, { filename }: { filename: string | undefined }) => {
        part.on('error', () => {}); // whoever reads it is told as well
        onFile(field, part, filename).catch(reject);
      });
      reading.on('field', (name: string | undefined, value, { valueTruncated }) => {
        if (name === undefined) reject(new Fault('invalid', 'A field of the form has no name.'));
        else if (fields.has(name)) reject(new Fault('invalid', 'A field of the form was sent twice.'));
        else if (valueTruncated) reject(new Fault('invalid', 'A field of the form is too long.'));
        else fields.set(name, value);
      });
      reading.on('filesLimit', () => reject(new Fault('invalid', 'One file is taken at a time.')));
      for (const event of ['fieldsLimit', 'partsLimit'] as const)
        reading.on(event, () => reject(new Fault('invalid', 'The form has too many fields.')));
      reading.on('error', () => reject(new Fault('malformed', 'The form is broken, or ended early.')));
      reading.once('close', resolve);
      stream.pipe(reading);
    });
  } catch (error) {
    if (parser) stream.unpipe(parser);
    parser?.destroy();
    discard(stream);
    throw error;
  } finally {
    clearTimeout(idle);
  }
  for (const text of [...fields].flat()) checkText(text);
  return fields;
}

function openParser(headers: RouteRequest['headers']): busboy.Busboy {
  const { 'content-type': type, 'content-encoding': encoding } = headers;
  if (encoding !== undefined && encoding !== 'identity')
    throw new Fault('unsupported_media_type', 'Compressed request bodies are not accepted.');
  if (!/^multipart\/form-data\s*(;|$)/i.test(type ?? ''))
    throw new Fault('unsupported_media_type', 'The file must be sent as multipart/form-data.');
  try {
    return busboy({ headers, limits, defParamCharset: 'utf8' });
  } catch (error) {
    throw new Fault('malformed', 'The content type names no boundary between the parts.', { cause: error });
  }
}

function tooLarge(maxBodyBytes: number): Fault {
  return new Fault('too_large', `The body is larger than ${maxBodyBytes} bytes.`, { details: { maxBodyBytes } });
}

/** Reads what is left of a refused body, for a while. */
export function discard(stream: Readable): void {
  if (stream.destroyed || stream.readableEnded) return;
  const cut = setTimeout(() => stream.destroy(), lingerMs);
  for (const event of ['end', 'close']) stream.once(event, () => clearTimeout(cut));
  stream.resume();
}
