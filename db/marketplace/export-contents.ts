import type { Connection } from '../connect.ts';
import { sql, type Sql } from '../sql.ts';

/** A stored file that is part of an export. */
export interface ExportContent {
  /** Where it goes in the export: `files/<id>`. */
  folder: string;
  /** As its owner called it. */
  filename: string;
  mimeType: string;
  fileKey: string;
  createdAt: Date;
}

const zeroId = '00000000-0000-0000-0000-000000000000';
const pageRows = 500;

/** Cloud files, what their earlier versions had in them, documents of gear, invoices. */
const sources: readonly { page: Sql; start: readonly string[] }[] = [
  { page: sql('marketplace/exports/list-file-contents'), start: [zeroId] },
  { page: sql('marketplace/exports/list-version-contents'), start: [zeroId, '0'] },
  { page: sql('marketplace/exports/list-document-contents'), start: [zeroId, zeroId] },
  { page: sql('marketplace/exports/list-invoice-contents'), start: [zeroId, zeroId] },
];

/** Every stored file of a user, read a page at a time through `run`. */
export async function* listExportContents(
  run: <T>(work: (db: Connection) => Promise<T>) => Promise<T>,
  userId: string,
): AsyncGenerator<ExportContent> {
  for (const { page, start } of sources) {
    let after = start;
    for (;;) {
      const statement = page({ userId, after, limit: pageRows });
      const rows = await run(db => db.any<ExportContent & { position: string[] }>(statement));
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < pageRows) break;
      after = last.position;
    }
  }
}
