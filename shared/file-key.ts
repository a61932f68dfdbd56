import { randomUUID } from 'node:crypto';

// Names of ours, never of a client's: no empty, hidden or climbing segment, nothing that a file system folds or refuses.
const keyPattern = /^[a-z0-9][a-z0-9_.-]{0,199}(\/[a-z0-9][a-z0-9_.-]{0,199}){0,9}$/;
const prefixPattern = /^([a-z0-9][a-z0-9/_.-]*)?$/;

/** A key that no file has: `<area>/ab/cd/abcd….`. The two folders keep any one of them small with millions of files. */
export function newFileKey(area: string): string {
  const id = randomUUID();
  return checkFileKey(`${area}/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`);
}

export function isFileKey(text: string): boolean {
  return keyPattern.test(text) && !text.includes('..');
}

/** The key, if it is one. Throws `TypeError`. */
export function checkFileKey(key: string): string {
  if (!isFileKey(key)) throw new TypeError('this is not the key of a file');
  return key;
}

/** The beginning of keys, perhaps empty. Throws `TypeError`. */
export function checkFilePrefix(prefix: string): string {
  if (!prefixPattern.test(prefix) || prefix.includes('..')) throw new TypeError('no file has a key that begins so');
  return prefix;
}
