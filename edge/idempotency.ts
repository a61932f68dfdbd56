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
import type { Config } from '../shared/config.ts';
import { Fault } from '../shared/fault.ts';
import { isSealed, seal, unseal } from '../shared/secret-box.ts';
import type { Reply } from './route.ts';
import { idempotencyConflict } from './submit.ts';

interface Deps {
  db: Database;
  dispatch: Outlet;
  config: Pick<Config, 'encryptionKey'>;
}

/** A request under a key. */
interface Keyed {
  scope: IdempotencyScope;
  fingerprint: string;
  /** Its answer is kept encrypted. */
  secret: boolean;
}

/** A reply, or the kept one of the first time. */
export type KeptReply = Reply & { replayed: boolean };

/** Longer than any route that calls a provider takes; a run that died leaves its key free after that. */
const leaseMs = 60_000;
const sealedFor = 'idempotent answer';
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
  keyed: Keyed,
  work: (tx: Transaction) => Promise<Reply>,
): Promise<KeptReply> {
  const { scope, fingerprint } = keyed;
  return transact(deps, async tx => {
    if (!(await tryLockKey(tx, scope))) throw inProgress();
    const earlier = await findKey(tx, scope);
    if (earlier) return keptReply(deps, earlier, fingerprint);
    const reply = await work(tx);
    if (!(await storeAnswer(tx, scope, fingerprint, storedAnswer(deps, keyed, reply)))) throw inProgress();
    return { ...reply, replayed: false };
  });
}

/** For work that calls a provider or waits: the key is leased first, and answered when the reply is known. */
export async function onceUnderLease(deps: Deps, keyed: Keyed, work: () => Promise<Reply>): Promise<KeptReply> {
  const { scope, fingerprint } = keyed;
  if (!(await leaseKey(deps.db, scope, fingerprint, leaseMs))) {
    const earlier = await findKey(deps.db, scope);
    if (!earlier) throw inProgress(); // given back just now; the client may send it again
    return keptReply(deps, earlier, fingerprint);
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
  await answerKey(deps.db, scope, storedAnswer(deps, keyed, reply));
  return { ...reply, replayed: false };
}

function keptReply({ config }: Deps, row: IdempotencyRow, fingerprint: string): KeptReply {
  if (row.fingerprint !== fingerprint) throw idempotencyConflict();
  if (row.status === null) throw inProgress();
  const { body } = row;
  const text = body !== null && isSealed(body) ? unseal(body, sealedFor, config.encryptionKey) : body;
  return {
    status: row.status,
    headers: row.headers ?? {},
    ...(text === null ? {} : { body: JSON.parse(text) as unknown }),
    replayed: true,
  };
}

function storedAnswer({ config }: Deps, { secret }: Keyed, reply: Reply): StoredAnswer {
  const text = reply.body === undefined ? null : JSON.stringify(reply.body);
  return {
    status: reply.status,
    headers: reply.headers ?? {},
    body: secret && text !== null ? seal(text, sealedFor, config.encryptionKey) : text,
  };
}

function inProgress(): Fault {
  return new Fault('idempotency_in_progress', 'A request with this Idempotency-Key is still under way.', {
    reason: 'IDEMPOTENCY_IN_PROGRESS',
    retryAfterS: 1,
  });
}
