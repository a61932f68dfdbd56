import { isUnavailable, type Database, type Transaction } from '../db/connect.ts';
import {
  answerKey,
  findKey,
  leaseKey,
  releaseKey,
  storeAnswer,
  tryLockKey,
  type IdempotencyRow,
  type IdempotencyScope,
  type StoredAnswer,
} from '../db/core/idempotency.ts';
import { transact, type Outlet } from '../db/transact.ts';
import { Fault } from '../shared/fault.ts';
import type { Reply } from './route.ts';
import { idempotencyConflict } from './submit.ts';

interface Deps {
  db: Database;
  dispatch: Outlet;
}

/** A reply, or the kept one of the first time. */
export type KeptReply = Reply & { replayed: boolean };

/** Longer than any route that calls a provider takes; a run that died leaves its key free after that. */
const leaseMs = 60_000;
const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The key a client sent, or null. Throws `Fault` for one that can't be one, or for none where one is required. */
export function readKey(header: string | string[] | undefined, rule: 'required' | 'honoured'): string | null {
  if (header === undefined || header === '') {
    if (rule === 'honoured') return null;
    throw new Fault('missing_idempotency_key', 'This request needs an Idempotency-Key header.', {
      reason: 'MISSING_IDEMPOTENCY_KEY',
    });
  }
  if (typeof header !== 'string' || !keyPattern.test(header)) {
    throw new Fault('invalid', 'Idempotency-Key must be 1 to 255 visible ASCII characters.', {
      reason: 'INVALID_IDEMPOTENCY_KEY',
    });
  }
  return header;
}

/** For work that is only rows: key, fingerprint and answer commit in one transaction with it. */
export function onceInTransaction(
  deps: Deps,
  scope: IdempotencyScope,
  fingerprint: string,
  work: (tx: Transaction) => Promise<Reply>,
): Promise<KeptReply> {
  return transact(deps, async tx => {
    if (!(await tryLockKey(tx, scope))) throw inProgress();
    const earlier = await findKey(tx, scope);
    if (earlier) return keptReply(earlier, fingerprint);
    const reply = await work(tx);
    await storeAnswer(tx, scope, fingerprint, storedAnswer(reply));
    return { ...reply, replayed: false };
  });
}

/** For work that calls a provider or waits: the key is leased first, and answered when the reply is known. */
export async function onceUnderLease(
  deps: Deps,
  scope: IdempotencyScope,
  fingerprint: string,
  work: () => Promise<Reply>,
): Promise<KeptReply> {
  if (!(await leaseKey(deps.db, scope, fingerprint, leaseMs))) {
    const earlier = await findKey(deps.db, scope);
    if (!earlier) throw inProgress(); // given back just now; the client may send it again
    return keptReply(earlier, fingerprint);
  }
  let reply: Reply;
  try {
    reply = await work();
  } catch (error) {
    // Best effort: a key that can't be given back is free again when its lease ends.
    await releaseKey(deps.db, scope).catch((failure: unknown) => {
      if (!isUnavailable(failure)) throw failure;
    });
    throw error;
  }
  await answerKey(deps.db, scope, storedAnswer(reply));
  return { ...reply, replayed: false };
}

function keptReply(row: IdempotencyRow, fingerprint: string): KeptReply {
  if (row.fingerprint !== fingerprint) throw idempotencyConflict();
  if (row.status === null) throw inProgress();
  return {
    status: row.status,
    headers: row.headers ?? {},
    ...(row.body === null ? {} : { body: JSON.parse(row.body) as unknown }),
    replayed: true,
  };
}

function storedAnswer(reply: Reply): StoredAnswer {
  return {
    status: reply.status,
    headers: reply.headers ?? {},
    body: reply.body === undefined ? null : JSON.stringify(reply.body),
  };
}

function inProgress(): Fault {
  return new Fault('idempotency_in_progress', 'A request with this Idempotency-Key is still under way.', {
    reason: 'IDEMPOTENCY_IN_PROGRESS',
    retryAfterS: 1,
  });
}
