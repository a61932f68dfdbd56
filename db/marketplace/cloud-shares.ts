import { createHash } from 'node:crypto';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { CloudFileRow, OwnedFile } from './cloud-files.ts';

/** What a share shows: the file as it is now. */
export interface CloudShareRow extends Pick<CloudFileRow, 'id' | 'filename' | 'mimeType' | 'sizeBytes' | 'storageKey'> {
  permissions: 'read';
  expiresAt: Date;
  /** By the database's clock; not above 0 once it has ended. */
  remainingS: number;
}

const insertSql = sql('marketplace/cloud-shares/insert');
const findSql = sql('marketplace/cloud-shares/find');
const reapSql = sql('marketplace/cloud-shares/reap');

/** Shares a file with whoever has `token`, of which only the hash is kept. Null without such a file. */
export function insertCloudShare(
  db: Connection,
  { ownerId, id: fileId }: OwnedFile,
  share: { token: string; permissions: 'read'; expiresInHours: number },
): Promise<{ expiresAt: Date } | null> {
  const { token, ...terms } = share;
  return db.oneOrNone(insertSql({ ownerId, fileId, tokenHash: hashOf(token), ...terms }));
}

/** One that has ended is found too, until it is reaped. */
export function findCloudShare(db: Connection, token: string): Promise<CloudShareRow | null> {
  return db.oneOrNone<CloudShareRow>(findSql({ tokenHash: hashOf(token) }));
}

/** Deletes shares that ended `keepMs` ago: until then whoever opens one is told that it has. */
export async function reapCloudShares(db: Connection, keepMs: number, limit: number): Promise<number> {
  return (await db.any(reapSql({ keepMs, limit }))).length;
}

/** A token is 256 random bits: nothing slower than SHA-256 is needed to keep it from being guessed. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
