import type { Transaction } from '../../db/connect.ts';
import { readExportPage, type ExportCollection } from '../../db/marketplace/export-collections.ts';

/** What a page is to be like: large enough that its round trip is nothing beside it, small enough to hold two of them. */
const pageBytes = 1_048_576;
/** Longer ones are left at the server and asked for again in smaller parts. */
const maxPageBytes = 4 * pageBytes;
const maxPageRows = 4_000;
const firstPageRows = 500;

export interface CollectionPage {
  /** A line of JSON per row. Its memory is used again once the next page is asked for. */
  content: Buffer;
  rows: number;
}

/**
 * A user's rows of one collection, a page at a time, each in a short transaction of its own: no snapshot is held open for the
 * minutes that an export may take. The next page is read while the last one is being worked on.
 */
export async function* collectionPages(
  transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
  collection: ExportCollection,
  userId: string,
): AsyncGenerator<CollectionPage> {
  let after = collection.start;
  let limit = firstPageRows;
  const encode = encoder();
  const read = () => {
    const from = { userId, after, limit, maxBytes: maxPageBytes };
    // Bytes before the transaction ends: texts that it answered would outlive many pages, the way its results are held.
    const page = transact(async tx => {
      const { texts, ...found } = await readExportPage(tx, collection, from);
      return { ...found, content: texts && encode(texts) };
    });
    page.catch(() => {}); // heard by whoever comes for it, if anybody does
    return page;
  };
  for (let next = read(); ; ) {
    const { content, rows, last } = await next;
    if (content === null) {
      limit = Math.ceil(rows / 8);
      next = read();
      continue;
    }
    if (rows === 0) return;
    const more = rows === limit;
    after = last;
    limit = Math.max(1, Math.min(maxPageRows, Math.floor((rows * pageBytes) / content.length)));
    if (more) next = read();
    yield { content, rows };
    if (!more) return;
  }
}

/** Makes bytes of texts, in two pieces of memory by turns: a new one for each would cost tens of megabytes until they are collected. */
function encoder(): (texts: readonly string[]) => Buffer {
  let memory = Buffer.alloc(0);
  let other = Buffer.alloc(0);
  return texts => {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    [memory, other] = [other, memory];
    if (memory.length < bytes) memory = Buffer.allocUnsafe(Math.ceil(bytes * 1.2));
    let written = 0;
    for (const text of texts) written += memory.write(text, written);
    return memory.subarray(0, bytes);
  };
}
