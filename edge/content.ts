import type { IncomingHttpHeaders } from 'node:http';
import { contentDisposition } from '../shared/content-disposition.ts';
import { Fault } from '../shared/fault.ts';
import type { ByteRange, FilesPort } from '../shared/ports/files.ts';
import type { RawResponse, Reply } from './route.ts';

export interface StoredContent {
  key: string;
  sizeBytes: number;
  /** In hex; null where nobody knows it, and then there is no ETag. */
  sha256: string | null;
  filename: string;
  contentType: string;
  disposition: 'inline' | 'attachment';
}

/** What browsers show without running anything in it. All else is saved, whatever was wished. */
const harmless = /^(image\/(png|jpeg|gif|webp|avif|bmp)|(audio|video)\/[\w.+-]+|text\/plain)$/;

const raw = (description: string): RawResponse => ({ contentType: '*/*', description });
/** The answers of a route that ends with `answerContent`. */
export const contentResponses: Record<number, RawResponse> = {
  200: raw('The file'),
  206: raw('The part of the file that `Range` asks for'),
  304: raw('The file of that `If-None-Match`, unchanged'),
  416: raw('The file has no byte of that `Range`'),
};

/**
 * The reply that hands out a stored file, or the single range that was asked for; several at once are answered with all of
 * it, as RFC 9110 allows. Throws `Fault('not_found')` if the store has none.
 */
export async function answerContent(
  { headers }: { headers: IncomingHttpHeaders },
  files: Pick<FilesPort, 'read'>,
  content: StoredContent,
): Promise<Reply> {
  const { sizeBytes, contentType } = content;
  const etag = content.sha256 === null ? null : `"${content.sha256}"`;
  const general: Record<string, string> = {
    'accept-ranges': 'bytes',
    // Kept by browsers, not by what lies between, and asked for anew each time: who may read it can change.
    'cache-control': 'private, no-cache',
    ...(etag === null ? {} : { etag }),
  };
  if (etag !== null && names(headers['if-none-match'], etag)) return { status: 304, headers: general };
  const ifRange = headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? readRange(headers.range, sizeBytes) : null;
  if (range === 'unsatisfiable')
    return { status: 416, headers: { ...general, 'content-range': `bytes */${sizeBytes}` } };
  const found = await files.read(content.key, range ?? undefined);
  if (!found) throw new Fault('not_found', 'The file is not there any more.');
  const length = range ? range.end - range.start + 1 : sizeBytes;
  const disposition = harmless.test(contentType) ? content.disposition : 'attachment';
  return {
    status: range ? 206 : 200,
    body: found.stream,
    headers: {
      ...general,
      'content-type': contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
      'content-length': String(length),
      'content-disposition': contentDisposition(disposition, content.filename),
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` } : {}),
    },
  };
}

/** Null for all of the file: no range, one that isn't well-formed, or several. */
function readRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.replace(/\s/g, '') ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return null;
  if (first === '') {
    const start = Math.max(0, sizeBytes - Number(last));
    return start < sizeBytes ? { start, end: sizeBytes - 1 } : 'unsatisfiable';
  }
  const range = { start: Number(first), end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
  if (last !== '' && Number(last) < range.start) return null;
  return range.start < sizeBytes ? range : 'unsatisfiable';
}

/** Whether an `If-None-Match` names the tag, weak or not, or any. */
function names(header: string | undefined, etag: string): boolean {
  return (
    header !== undefined &&
    header.split(',').some(tag => /^\*$/.test(tag.trim()) || tag.trim().replace(/^W\//, '') === etag)
  );
}
