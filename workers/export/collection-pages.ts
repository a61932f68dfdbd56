import type { Transaction } from '../../db/connect.ts';
import { readExportPage, type ExportCollection } from '../../db/marketplace/export-collections.ts';

/** What a page is to be like: large enough that its round trip is nothing beside it, small enough to hold three of them. */
const pageBytes = 1_048_576;
/** Longer ones are left at the server and asked for again in smaller parts. */
const maxPageBytes = 4 * pageBytes;
const maxPageRows = 5_000;
const firstPageRows = 500;

export interface CollectionPage {
  /** JSON, a line per row. */
  lines: string;
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
    const { lines, rows } = await next;
    if (lines === null) {
      if (rows === 0) return;
      limit = Math.ceil(rows / 8);
      next = read();
      continue;
    }
    const last = rows < limit;
    after = keyOf(collection, lines.slice(lines.lastIndexOf('\n', lines.length - 2) + 1));
    limit = Math.max(1, Math.min(maxPageRows, Math.floor((rows * pageBytes) / lines.length)));
    if (!last) next = read();
    yield { lines, rows };
    if (last) return;
  }
}

function keyOf({ key }: ExportCollection, line: string): string[] {
  const row = JSON.parse(line) as Record<string, unknown>;
  return key.map(column => String(row[column]));
}
