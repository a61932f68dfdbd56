import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { canonicalJson, fingerprintOf } from '../shared/canonical.ts';
import { Fault } from '../shared/fault.ts';
import { type FilesPort, FileTooLarge, type StoredFile } from '../shared/ports/files.ts';
import { cleanFilename } from './clean-filename.ts';
import { detectMime, headBytes } from './detect-mime.ts';
import { readMultipart } from './multipart.ts';
import type { RouteRequest } from './route.ts';
import { checkInput } from './validate.ts';

export interface UploadForm<Fields extends z.ZodType> {
  /** Where the file is put: a new one each time, so that what fails can be taken away again. */
  key: string;
  maxBytes: number;
  /** The content types that are taken, by the file's bytes; any unless given. */
  accepts?: readonly string[];
  /** Of the text fields beside it. */
  fields: Fields;
  idleMs?: number;
}

/** A file that has arrived whole, and is in the store. */
export interface Upload<Fields> extends StoredFile {
  /** Clean; for people to read. */
  filename: string;
  /** By its bytes. */
  contentType: string;
  fields: Fields;
  /** SHA-256 over file, name and fields: the same for the same form, however it was cut into parts. */
  fingerprint: string;
}

type KeptFile = StoredFile & Pick<Upload<unknown>, 'filename' | 'contentType'>;

/** What may come with a file of the largest size: the form's other fields, and the lines between them. */
const surroundingBytes = 524_288;

/**
 * Receives a multipart form with one part named `file`, straight into the store. Rejects with `Fault` for a form that isn't
 * what is asked for, cut off, too slow or too large; the store then holds nothing of it.
 */
export async function receiveUpload<Fields extends z.ZodType>(
  request: Pick<RouteRequest, 'stream' | 'headers'>,
  files: Pick<FilesPort, 'write' | 'delete'>,
  form: UploadForm<Fields>,
): Promise<Upload<z.output<Fields>>> {
  const arriving: { file?: Promise<KeptFile> } = {};
  try {
    if (Number(request.headers['content-length']) > form.maxBytes + surroundingBytes)
      throw new FileTooLarge(form.maxBytes);
    const fields = await readMultipart(request, {
      ...form,
      maxBodyBytes: form.maxBytes + surroundingBytes,
      onFile(field, part, sentName) {
        if (field !== 'file') return Promise.reject(new Fault('invalid', 'The file must be in the field "file".'));
        if (sentName === undefined) return Promise.reject(noFile());
        return (arriving.file = keep(files, form, part, cleanFilename(sentName)));
      },
    });
    if (!arriving.file) throw noFile();
    const sent = Object.fromEntries(fields);
    const checked = checkInput(form.fields, sent, 'body') as z.output<Fields>;
    const file = await arriving.file;
    return { ...file, fields: checked, fingerprint: fingerprintOf(canonicalJson(sent), file.filename, file.sha256) };
  } catch (error) {
    // Where the content was cut off the store fails with it; where it had all come, the file is there by now.
    const file = await arriving.file?.catch(() => null);
    if (file) await discardUpload(files, file.key);
    throw error;
  }
}

/** Takes a file away that no row refers to. One that the store can't delete now is swept later. */
export async function discardUpload(files: Pick<FilesPort, 'delete'>, key: string): Promise<void> {
  await files.delete(key).catch(() => {});
}

async function keep(
  files: Pick<FilesPort, 'write'>,
  { key, maxBytes, accepts }: Pick<UploadForm<z.ZodType>, 'key' | 'maxBytes' | 'accepts'>,
  part: Readable,
  filename: string,
): Promise<KeptFile> {
  const { head, content } = await peek(part);
  const contentType = await detectMime(head.subarray(0, headBytes), filename);
  checkContentType(contentType, accepts);
  const stored = await files.write(key, content, { contentType, maxBytes });
  return { ...stored, filename, contentType };
}

/** Throws `Fault('unsupported_media_type')` for a file of a type that isn't taken. */
export function checkContentType(contentType: string, accepts: readonly string[] = [contentType]): void {
  if (accepts.includes(contentType)) return;
  throw new Fault('unsupported_media_type', `The file must be one of ${accepts.join(', ')}.`, {
    reason: 'INVALID_FILE_TYPE',
    details: { contentType, accepts },
  });
}

/** The beginning of a stream, and all of it. */
async function peek(stream: Readable): Promise<{ head: Buffer; content: AsyncIterable<Uint8Array> }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  const first: Buffer[] = [];
  for (let bytes = 0; bytes < headBytes; ) {
    const next = await chunks.next();
    if (next.done) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  const head = Buffer.concat(first);
  async function* content(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* chunks;
  }
  return { head, content: content() };
}

function noFile(): Fault {
  return new Fault('invalid', 'There is no file in the form: one is needed, in the field "file", with its name.');
}
