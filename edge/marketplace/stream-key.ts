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

/**
 * The user's key, made if they have none: once, however many ask. `made` holds the key's row until the transaction ends; who makes a key sees to it
 * that its owner has a stream, so that every key has one.
 */
export async function ensureStreamKey(
  tx: Transaction,
  userId: string,
  secrets: Secrets,
): Promise<{ key: string; made: boolean }> {
  const known = await readStreamKey(tx, userId, secrets);
  if (known !== null) return { key: known, made: false };
  const { key, stored } = makeStreamKey(userId, secrets);
  if (await insertStreamKey(tx, stored)) return { key, made: true };
  const made = await readStreamKey(tx, userId, secrets);
  if (made === null) throw new Error('a stream key was given and is gone');
  return { key: made, made: false };
}

/** A new key for the user; the old one is dead from the commit on. Holds the key's row like `ensureStreamKey`. */
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
