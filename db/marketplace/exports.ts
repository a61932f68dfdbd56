import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export type ExportStatus = 'pending' | 'ready' | 'failed' | 'deleted';

/** A copy of all that a person has here, as its maker sees it. */
export interface ExportRow {
  id: string;
  userId: string;
  status: ExportStatus;
  /** Where its file is, or may be; null once that is certainly gone. */
  fileKey: string | null;
  createdAt: Date;
}

/** As its owner sees it. */
export interface OwnExportRow extends ExportRow {
  sizeBytes: number | null;
  /** In hex. */
  sha256: string | null;
  finishedAt: Date | null;
  /** When its links end; null while it isn't ready. */
  expiresAt: Date | null;
  /** What is left of that, by the database's clock; not above 0 when there is to be no link any more. */
  linkLeftS: number;
}

/** How long the links to an export live, from when it was ready. */
export const exportLinkS = 48 * 3_600;
/** How long its file is kept. */
export const exportKeepS = 7 * 86_400;
/** An export that failed may have left a file: as long, at least, as a worker that has lost the job may still be writing one. */
const keepFailedS = 86_400;
/** A user gets one in so long. */
const everyS = 86_400;

const lockUserSql = sql('marketplace/exports/lock-user');
const latestSql = sql('marketplace/exports/latest');
const insertSql = sql('marketplace/exports/insert');
const getSql = sql('marketplace/exports/get');
const getOwnSql = sql('marketplace/exports/get-own');
const measureSql = sql('marketplace/exports/measure');
const finishSql = sql('marketplace/exports/finish');
const failSql = sql('marketplace/exports/fail');
const listExpiredSql = sql('marketplace/exports/list-expired');
const forgetFileSql = sql('marketplace/exports/forget-file');

/** `running`: the one that is being made. `too_soon`: the last one that didn't fail, and when another may be asked for. */
export type BegunExport =
  | { outcome: 'begun'; id: string }
  | { outcome: 'running'; id: string }
  | { outcome: 'too_soon'; id: string; retryAfterS: number };

/** Makes the row of a new export, unless one runs or there was one within a day. Requests of one user wait for one another. */
export async function beginExport(tx: Transaction, userId: string): Promise<BegunExport> {
  await tx.one(lockUserSql({ userId }));
  const latest = await tx.oneOrNone<{ id: string; running: boolean; tooSoonS: number }>(latestSql({ userId, everyS }));
  if (latest?.running) return { outcome: 'running', id: latest.id };
  if (latest && latest.tooSoonS > 0)
    return { outcome: 'too_soon', id: latest.id, retryAfterS: Math.ceil(latest.tooSoonS) };
  const id = uuidV7();
  await tx.one(insertSql({ id, userId, fileKey: `exports/${id}.zip` }));
  return { outcome: 'begun', id };
}

export function getExport(db: Connection, id: string): Promise<ExportRow | null> {
  return db.oneOrNone<ExportRow>(getSql({ id }));
}

export function getOwnExport(db: Connection, named: { id: string; userId: string }): Promise<OwnExportRow | null> {
  return db.oneOrNone<OwnExportRow>(getOwnSql({ ...named, linkS: exportLinkS }));
}

/** About how much there is to copy of a user: rows, and the bytes of stored files. */
export function measureExport(db: Connection, userId: string): Promise<{ rows: number; fileBytes: number }> {
  return db.one(measureSql({ userId }));
}

/** What a browser is told of an export's file. */
export function exportDownload({ createdAt }: Pick<ExportRow, 'createdAt'>) {
  const filename = `export-${createdAt.toISOString().slice(0, 10)}.zip`;
  return { filename, contentType: 'application/zip', disposition: 'attachment' } as const;
}

/** Marks a pending export as ready; answers whose it is and when its links end, null if it had ended before. */
export function finishExport(
  tx: Transaction,
  done: { id: string; fileKey: string; sizeBytes: number; sha256: string },
): Promise<{ userId: string; expiresAt: Date } | null> {
  return tx.oneOrNone(finishSql({ ...done, linkS: exportLinkS }));
}

/** Marks a pending export as failed; answers whose it is, null if it had ended before. */
export function failExport(tx: Transaction, id: string, failure: string): Promise<{ userId: string } | null> {
  return tx.oneOrNone(failSql({ id, failure }));
}

/** Exports whose files are to be deleted, the oldest first. */
export function listExpiredExports(db: Connection, limit: number): Promise<{ id: string; fileKey: string }[]> {
  return db.any(listExpiredSql({ keepS: exportKeepS, keepFailedS, limit }));
}

/** Writes down that an export's file is gone. */
export async function forgetExportFile(db: Connection, id: string): Promise<void> {
  await db.oneOrNone(forgetFileSql({ id }));
}
