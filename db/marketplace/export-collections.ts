import type { Transaction } from '../connect.ts';
import { sql, type Sql } from '../sql.ts';

/** What a person has here of one kind, as it is copied: a JSON object a row, in an order that an index gives. */
export interface ExportCollection {
  name: string;
  /** The columns that the order is by; rows are read on from the values that the last one had in them. */
  key: readonly string[];
  /** Values below those of any row. */
  start: readonly string[];
  page: Sql;
}

/** Part of a collection. */
export interface ExportPage {
  /** A line of JSON per row, a hundred of them in a text; null when all together would be longer than was asked for. */
  texts: string[] | null;
  rows: number;
  /** What the last row has in its key. */
  last: readonly string[];
}

const zeroId = '00000000-0000-0000-0000-000000000000';
const byId = { key: ['id'], start: [zeroId] };

/** All of them, in the order in which an export has them. */
export const exportCollections: readonly ExportCollection[] = [
  { name: 'profile', ...byId, page: sql('marketplace/export-collections/profile') },
  { name: 'products', ...byId, page: sql('marketplace/export-collections/products') },
  { name: 'orders', ...byId, page: sql('marketplace/export-collections/orders') },
  { name: 'reviews', ...byId, page: sql('marketplace/export-collections/reviews') },
  {
    name: 'transfers',
    key: ['created_at', 'id'],
    start: ['-infinity', zeroId],
    page: sql('marketplace/export-collections/transfers'),
  },
  { name: 'streams', ...byId, page: sql('marketplace/export-collections/streams') },
  { name: 'cloud_files', ...byId, page: sql('marketplace/export-collections/cloud-files') },
  {
    name: 'cloud_file_versions',
    key: ['file_id', 'version'],
    start: [zeroId, '0'],
    page: sql('marketplace/export-collections/cloud-file-versions'),
  },
  { name: 'gear', ...byId, page: sql('marketplace/export-collections/gear') },
  {
    name: 'documents',
    key: ['gear_id', 'id'],
    start: [zeroId, zeroId],
    page: sql('marketplace/export-collections/documents'),
  },
  {
    name: 'repairs',
    key: ['gear_id', 'repair_date', 'id'],
    start: [zeroId, '-infinity', zeroId],
    page: sql('marketplace/export-collections/repairs'),
  },
  { name: 'notifications', ...byId, page: sql('marketplace/export-collections/notifications') },
];

const useUtcSql = sql('marketplace/exports/use-utc');

/** The rows of a user behind the one whose key is `after`, at most `limit`. The server makes them texts: one by one, a million of them are dear to read. */
export async function readExportPage(
  tx: Transaction,
  { key, page }: ExportCollection,
  from: { userId: string; after: readonly string[]; limit: number; maxBytes: number },
): Promise<ExportPage> {
  await tx.one(useUtcSql());
  const parts = await tx.any<{ lines: string | null; rows: number }>(page({ ...from }));
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const texts = parts.flatMap(part => part.lines ?? []);
  const lastText = texts.at(-1);
  if (lastText === undefined) return { texts: rows === 0 ? [] : null, rows, last: from.after };
  const lastLine = lastText.slice(lastText.lastIndexOf('\n', lastText.length - 2) + 1);
  const row = JSON.parse(lastLine) as Record<string, unknown>;
  return { texts, rows, last: key.map(column => String(row[column])) };
}
