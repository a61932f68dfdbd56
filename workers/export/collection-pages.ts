import type { Transaction } from '../../db/connect.ts';
import { readExportPage, type ExportCollection } from '../../db/marketplace/export-collections.ts';

/** What a page is to be like: large enough that its round trip is nothing beside it, small enough to hold three of them. */
const pageBytes = 1_048_576;
/** Longer ones are left at the server and asked for again in smaller parts. */
const maxPageBytes = 4 * pageBytes;
const maxPageRows = 5_000;
const firstPageRows = 500;

export interface CollectionPage {
  /** A line of JSON per row. */
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
  const read = () => {
    const from = { userId, after, limit, maxBytes: maxPageBytes };
    const page = transact(tx => readExportPage(tx, collection, from));
    page.catch(() => {}); // heard by whoever comes for it, if anybody does
    return page;
  };
  for (let next = read(); ; ) {
    const { content, rows, last } = await next;
    if (rows === 0) return;
    if (content === null) {
      limit = Math.ceil(rows / 8);
      next = read();
      continue;
    }
    const more = rows === limit;
    after = last;
    limit = Math.max(1, Math.min(maxPageRows, Math.floor((rows * pageBytes) / content.length)));
    if (more) next = read();
    yield { content, rows };
    if (!more) return;
  }
}
