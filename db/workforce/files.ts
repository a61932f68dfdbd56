import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export const fileVisibilities = ['public', 'private'] as const;
export type FileVisibility = (typeof fileVisibilities)[number];

export interface NewFile {
  tenantId: string;
  /** Who uploaded it. */
  userId: string;
  storageKey: string;
  filename: string;
  contentType: string;
  sizeBytes: number;
  /** In hex. */
  sha256: string;
  visibility: FileVisibility;
  category: string;
}

export interface FileRow {
  id: string;
  storageKey: string;
  filename: string;
  contentType: string;
  sizeBytes: number;
  visibility: FileVisibility;
  createdAt: Date;
}

const insertSql = sql('workforce/files/insert');
const findOwnSql = sql('workforce/files/find-own');

export function insertFile(tx: Transaction, file: NewFile): Promise<FileRow> {
  return tx.one<FileRow>(insertSql({ ...file, id: uuidV7() }));
}

/** A file by its place, if that user uploaded it in that tenant. */
export function findOwnFile(
  db: Connection,
  named: { tenantId: string; userId: string; storageKey: string; visibility: FileVisibility },
): Promise<FileRow | null> {
  return db.oneOrNone<FileRow>(findOwnSql(named));
}
