import { createHash, randomBytes } from 'node:crypto';
import type { Connection, Transaction } from '../../db/connect.ts';
import {
  findStreamKey,
  insertStreamKey,
  replaceStreamKey,
  type StoredStreamKey,
} from '../../db/marketplace/stream-keys.ts';
import { seal, unseal } from '../../shared/secret-box.ts';

/** ENCRYPTION_KEY. */
type Secrets = readonly string[] | undefined;

/** By which an RTMP server's caller is looked up. */
export function hashStreamKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The user's key; null if they have none yet. */
export async function readStreamKey(db: Connection, userId: string, secrets: Secrets): Promise<string | null> {
  const sealed = await findStreamKey(db, userId);
  return sealed === null ? null : unseal(sealed, purposeOf(userId), secrets);
}

/** The user's key, made if they have none: once, however many ask. A new key's row is held until the transaction ends. */
export async function ensureStreamKey(tx: Transaction, userId: string, secrets: Secrets): Promise<string> {
  const known = await readStreamKey(tx, userId, secrets);
  if (known !== null) return known;
  const { key, stored } = makeStreamKey(userId, secrets);
  if (await insertStreamKey(tx, stored)) return key;
  const made = await readStreamKey(tx, userId, secrets);
  if (made === null) throw new Error('a stream key was given and is gone');
  return made;
}

/** A new key for the user, whose row is held until the transaction ends; the old one is dead from the commit on. */
export async function renewStreamKey(tx: Transaction, userId: string, secrets: Secrets): Promise<string> {
  const { key, stored } = makeStreamKey(userId, secrets);
  await replaceStreamKey(tx, stored);
  return key;
}

/** 256 random bits; the prefix tells people and scanners of leaked secrets what it is. */
function makeStreamKey(userId: string, secrets: Secrets): { key: string; stored: StoredStreamKey } {
  const key = `live_${randomBytes(32).toString('base64url')}`;
  return { key, stored: { userId, keyHash: hashStreamKey(key), keySealed: seal(key, purposeOf(userId), secrets) } };
}

function purposeOf(userId: string): string {
  return `stream key of ${userId}`;
}
