import type { Connection, Transaction } from '../../db/connect.ts';
import { readBacklog } from '../../db/core/jobs.ts';
import {
  listQueueSettings,
  pauseAllQueues as pauseAll,
  resetQueueConcurrency,
  setQueue,
  type QueueSetting,
} from '../../db/core/queues.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Broker } from '../../shared/broker/broker.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { freshQueues } from '../snapshots/fresh-queues.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** One kind: what its rows say beside what the broker says. */
export interface QueueView {
  kind: string;
  paused: boolean;
  /** Jobs that one worker process runs at once, as an operator has set it or by its spec. */
  concurrency: number;
  concurrencySet: boolean;
  /** Rows that wait to be claimed and are due, and the age of the oldest. */
  waiting: number;
  oldestS: number;
  /** Null if nobody leads who knows. */
  running: number | null;
  retrying: number | null;
  /** Messages and consumers at the broker; null if it wasn't asked or doesn't answer. */
  ready: number | null;
  consumers: number | null;
  /** Why rows and broker cannot both be right; null while they can. */
  disagreement: string | null;
}

export interface QueuesView {
  queues: QueueView[];
  /** More rows wait than were counted, so the figures are lower bounds. */
  capped: boolean;
  /** How old the figures are; null: they were counted now. */
  ageS: number | null;
}

/** Counting stops here: a backlog this large needs no exact figure. */
export const maxCountedRows = 100_000;

/** Every kind: as the ticker's leader saw it a moment ago, or counted where nobody leads. What operators have set is as it is now. */
export async function listQueues(deps: {
  db: Connection;
  catalog: Catalog;
  broker: Broker | null;
}): Promise<QueuesView> {
  const [settings, seen] = await Promise.all([listQueueSettings(deps.db), freshQueues(deps.db)]);
  const setFor = new Map(settings.map(setting => [setting.kind, setting]));
  const seenOf = new Map(seen?.body.kinds.map(row => [row.kind, row]));
  const counted = seen ? null : await countQueues(deps);
  const queues = [...deps.catalog.values()].map(({ kind, concurrency }): QueueView => {
    const setting = setFor.get(kind);
    const row = seenOf.get(kind);
    return {
      kind,
      paused: setting?.paused ?? false,
      concurrency: setting?.concurrency ?? concurrency,
      concurrencySet: setting?.concurrency != null,
      waiting: row?.ready ?? counted?.backlog.get(kind)?.waiting ?? 0,
      oldestS: row?.oldestS ?? counted?.backlog.get(kind)?.oldestS ?? 0,
      running: row?.running ?? null,
      retrying: row?.retrying ?? null,
      ready: row?.depth ?? counted?.depths?.get(kind)?.ready ?? null,
      consumers: row?.consumers ?? counted?.depths?.get(kind)?.consumers ?? null,
      disagreement: row?.disagreement ?? null,
    };
  });
  return { queues, capped: seen?.body.capped ?? counted?.capped ?? false, ageS: seen?.ageS ?? null };
}

async function countQueues({ db, catalog, broker }: { db: Connection; catalog: Catalog; broker: Broker | null }) {
  const [backlog, depths] = await Promise.all([
    readBacklog(db, maxCountedRows),
    broker?.depth([...catalog.keys()]).catch(() => null),
  ]);
  const capped = backlog.reduce((sum, entry) => sum + entry.waiting, 0) >= maxCountedRows;
  return { backlog: new Map(backlog.map(entry => [entry.kind, entry])), depths, capped };
}

export interface QueueDeps extends TransactDeps {
  catalog: Catalog;
}

/** Workers stop taking jobs of the kind with their next heartbeat; what runs runs on. Throws `Fault('not_found')`. */
export function pauseQueue(deps: QueueDeps, { kind }: { kind: string }, operator: Operator): Promise<QueueSetting> {
  const details = { paused: true };
  return changeQueue(deps, { kind, action: 'queue.pause', details }, operator, tx => setQueue(tx, kind, details));
}

export function resumeQueue(deps: QueueDeps, { kind }: { kind: string }, operator: Operator): Promise<QueueSetting> {
  const details = { paused: false };
  return changeQueue(deps, { kind, action: 'queue.resume', details }, operator, tx => setQueue(tx, kind, details));
}

/** Jobs of the kind that each worker process runs at once, from 1 to 1,000. Faults: `not_found`, `invalid`. */
export async function setConcurrency(
  deps: QueueDeps,
  { kind, concurrency }: { kind: string; concurrency: number },
  operator: Operator,
): Promise<QueueSetting> {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1_000)
    throw new Fault('invalid', 'The concurrency is a whole number from 1 to 1,000.');
  const details = { concurrency };
  return changeQueue(deps, { kind, action: 'queue.concurrency', details }, operator, tx => setQueue(tx, kind, details));
}

/** Back to the concurrency of the kind's spec. Throws `Fault('not_found')`. */
export function resetConcurrency(
  deps: QueueDeps,
  { kind }: { kind: string },
  operator: Operator,
): Promise<QueueSetting> {
  const details = { concurrency: null };
  return changeQueue(deps, { kind, action: 'queue.concurrency', details }, operator, tx =>
    resetQueueConcurrency(tx, kind),
  );
}

/** Pauses every kind: nothing is begun any more, what runs runs on, and clients may still post. Answers the kinds that ran. */
export function pauseAllQueues(deps: QueueDeps, operator: Operator): Promise<string[]> {
  return changeAllQueues(deps, true, operator);
}

/** Resumes every kind, those too that were paused one by one. Answers the kinds that were paused. */
export function resumeAllQueues(deps: QueueDeps, operator: Operator): Promise<string[]> {
  return changeAllQueues(deps, false, operator);
}

async function changeQueue(
  deps: QueueDeps,
  { kind, ...trace }: { kind: string; action: string; details: unknown },
  operator: Operator,
  change: (tx: Transaction) => Promise<QueueSetting>,
): Promise<QueueSetting> {
  if (!deps.catalog.has(kind)) throw new Fault('not_found', `There is no kind "${kind}".`);
  return transact(deps, async tx => {
    const setting = await change(tx);
    await leaveTrace(tx, operator, { ...trace, subject: kind });
    return setting;
  });
}

function changeAllQueues(deps: QueueDeps, paused: boolean, operator: Operator): Promise<string[]> {
  return transact(deps, async tx => {
    const kinds = await pauseAll(tx, [...deps.catalog.keys()], paused);
    const action = paused ? 'queue.pause-all' : 'queue.resume-all';
    await leaveTrace(tx, operator, { action, affected: kinds.length, details: { kinds } });
    return kinds;
  });
}
