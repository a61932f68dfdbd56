import { createHash, randomBytes } from 'node:crypto';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

export interface ServiceKey {
  id: string;
  name: string;
  /** Kinds it may post, see and cancel; `*` is every public one. */
  kinds: string[];
  operator: boolean;
}

const findSql = sql('core/service-keys/find');
const insertSql = sql('core/service-keys/insert');
const listSql = sql('core/service-keys/list');
const revokeSql = sql('core/service-keys/revoke');

export const serviceKeyPrefix = 'mk_';

/** SHA-256 is enough here: a key has 256 random bits, so there is nothing to guess that a slow hash would slow down. */
export function hashServiceKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Makes a key. Its text is in the answer and nowhere else, ever. */
export async function createServiceKey(
  db: Connection,
  entry: { name: string; kinds: readonly string[]; operator: boolean },
): Promise<{ id: string; key: string }> {
  const key = serviceKeyPrefix + randomBytes(32).toString('base64url');
  const id = uuidV7();
  await db.one(insertSql({ id, hash: hashServiceKey(key), ...entry }));
  return { id, key };
}

export function findServiceKey(db: Connection, key: string): Promise<ServiceKey | null> {
  return db.oneOrNone<ServiceKey>(findSql({ hash: hashServiceKey(key) }));
}

export function listServiceKeys(db: Connection): Promise<(ServiceKey & { createdAt: Date; revokedAt: Date | null })[]> {
  return db.any(listSql());
}

/** False if there is no such live key. A process that has just seen the key may honour it for a few seconds more. */
export async function revokeServiceKey(db: Connection, id: string): Promise<boolean> {
  return (await db.oneOrNone(revokeSql({ id }))) !== null;
}
