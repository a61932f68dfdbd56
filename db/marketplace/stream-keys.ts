import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** A key as it is stored. */
export interface StoredStreamKey {
  userId: string;
  /** SHA-256 of the key. */
  keyHash: Buffer;
  /** The key, encrypted. */
  keySealed: string;
}

const findSql = sql('marketplace/stream-keys/find');
const insertSql = sql('marketplace/stream-keys/insert');
const replaceSql = sql('marketplace/stream-keys/replace');
const lockOwnerSql = sql('marketplace/stream-keys/lock-owner');

/** The user's key, encrypted; null if they have none yet. */
export async function findStreamKey(db: Connection, userId: string): Promise<string | null> {
  const row = await db.oneOrNone<{ keySealed: string }>(findSql({ userId }));
  return row?.keySealed ?? null;
}

/** Gives a user their first key. False, after whoever else is giving them one has committed, if they have one. */
export async function insertStreamKey(tx: Transaction, key: StoredStreamKey): Promise<boolean> {
  return (await tx.oneOrNone(insertSql({ ...key }))) !== null;
}

/** The key is the user's only one from the commit on. */
export async function replaceStreamKey(tx: Transaction, key: StoredStreamKey): Promise<void> {
  await tx.one(replaceSql({ ...key }));
}

/** Whose key this is, null if nobody's; it stays theirs until the transaction ends. */
export async function lockStreamKeyOwner(tx: Transaction, keyHash: Buffer): Promise<string | null> {
  const row = await tx.oneOrNone<{ userId: string }>(lockOwnerSql({ keyHash }));
  return row?.userId ?? null;
}
