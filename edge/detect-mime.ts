import { fileTypeFromBuffer } from 'file-type';

/** As many bytes as any of the known signatures needs. */
export const headBytes = 4_100;

const unknownType = 'application/octet-stream';
/** Texts have no signature; these are told apart by their names. */
const textTypes: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  htm: 'text/html',
  html: 'text/html',
  ics: 'text/calendar',
  js: 'text/javascript',
  json: 'application/json',
  log: 'text/plain',
  md: 'text/markdown',
  svg: 'image/svg+xml',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  vtt: 'text/vtt',
  xml: 'application/xml',
};

/** What a file is, by its first `headBytes` bytes: what its sender says it is doesn't count, and its name only for texts. */
export async function detectMime(head: Uint8Array, filename: string): Promise<string> {
  const known = (await fileTypeFromBuffer(head))?.mime;
  if (known !== undefined && known !== 'application/xml') return known;
  const extension = /\.(\w{1,10})$/.exec(filename)?.[1]?.toLowerCase() ?? '';
  const byName = Object.hasOwn(textTypes, extension) ? textTypes[extension] : undefined;
  return byName !== undefined && isText(head) ? byName : (known ?? unknownType);
}

function isText(head: Uint8Array): boolean {
  try {
    // A character that the cut goes through is not an error.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length >= headBytes });
    return !/[^\P{Cc}\t\n\f\r]/u.test(text);
  } catch {
    return false;
  }
}
