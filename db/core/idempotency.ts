import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export interface IdempotencyScope {
  surface: string;
  actor: string;
  key: string;
}

export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  /** JSON text; null for an answer without a body. */
  body: string | null;
}

export interface IdempotencyRow {
  fingerprint: string;
  /** Null while the first run is under way. */
  status: number | null;
  headers: Record<string, string> | null;
  body: string | null;
  /** Whether the run under way still holds its lease. */
  leased: boolean | null;
}

const lockSql = sql('core/idempotency/lock');
const findSql = sql('core/idempotency/find');
const storeSql = sql('core/idempotency/store');
const leaseSql = sql('core/idempotency/lease');
const answerSql = sql('core/idempotency/answer');
const releaseSql = sql('core/idempotency/release');
const reapSql = sql('core/idempotency/reap');

/** Holds a key until the transaction ends; false if another transaction holds it. Never waits. */
export async function tryLockKey(tx: Transaction, scope: IdempotencyScope): Promise<boolean> {
  const { locked } = await tx.one<{ locked: boolean }>(
    lockSql({ scope: `${scope.surface}\n${scope.actor}\n${scope.key}` }),
  );
  return locked;
}

export function findKey(db: Connection, scope: IdempotencyScope): Promise<IdempotencyRow | null> {
  return db.oneOrNone<IdempotencyRow>(findSql({ ...scope }));
}

/** Keeps an answer; write it in the transaction that does the work. False if the key has been leased since it was looked for. */
export async function storeAnswer(
  tx: Transaction,
  scope: IdempotencyScope,
  fingerprint: string,
  answer: StoredAnswer,
): Promise<boolean> {
  return (await tx.oneOrNone(storeSql({ ...scope, fingerprint, ...storable(answer) }))) !== null;
}

/** Takes a key for `leaseMs`, new or left by a run that died. False if it is answered, or held by another. */
export async function leaseKey(
  db: Connection,
  scope: IdempotencyScope,
  fingerprint: string,
  leaseMs: number,
): Promise<boolean> {
  return (await db.oneOrNone(leaseSql({ ...scope, fingerprint, leaseMs }))) !== null;
}

export async function answerKey(db: Connection, scope: IdempotencyScope, answer: StoredAnswer): Promise<void> {
  await db.oneOrNone(answerSql({ ...scope, ...storable(answer) }));
}

/** Gives a leased key back: its request did not end well and may be sent again. */
export async function releaseKey(db: Connection, scope: IdempotencyScope): Promise<void> {
  await db.oneOrNone(releaseSql({ ...scope }));
}

export async function reapKeys(db: Connection, keepMs: number, limit: number): Promise<number> {
  return (await db.any(reapSql({ keepMs, limit }))).length;
}

function storable(answer: StoredAnswer) {
  return { status: answer.status, headers: JSON.stringify(answer.headers), body: answer.body };
}
