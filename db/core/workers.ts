import type { KindStats } from '../../shared/kind-stats.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

export interface WorkerRow {
  id: string;
  name: string;
  version: string;
  kinds: string[];
  running: number;
  startedAt: Date;
  seenAt: Date;
  leaseUntil: Date;
  lostAt: Date | null;
  stoppedAt: Date | null;
  /** By kind, since it registered. */
  stats: Record<string, KindStats>;
  alive: boolean;
}

const registerSql = sql('core/workers/register');
const extendSql = sql('core/workers/extend');
const stopSql = sql('core/workers/stop');
const listSql = sql('core/workers/list');
const takeLostSql = sql('core/workers/take-lost');
const reapSql = sql('core/workers/reap');

export interface WorkerEntry {
  id: string;
  name: string;
  version: string;
  kinds: readonly string[];
  leaseMs: number;
}

export async function registerWorker(db: Connection, worker: WorkerEntry): Promise<void> {
  await db.one(registerSql({ ...worker }));
}

/**
 * Extends a worker's lease; false if the rescue has taken it. `busySince` is the start of the oldest job it runs: the rescue looks
 * no further back than that.
 */
export async function extendLease(
  db: Connection,
  id: string,
  load: { leaseMs: number; running: number; busySince: Date | null; stats: Record<string, KindStats> },
): Promise<boolean> {
  return (await db.oneOrNone(extendSql({ id, ...load, stats: JSON.stringify(load.stats) }))) !== null;
}

/** Takes the leases that have run out; their jobs may be rescued from now on. */
export function takeLostWorkers(db: Connection): Promise<{ id: string; name: string }[]> {
  return db.any(takeLostSql());
}

export async function stopWorker(db: Connection, id: string, stats: Record<string, KindStats>): Promise<void> {
  await db.oneOrNone(stopSql({ id, stats: JSON.stringify(stats) }));
}

export function listWorkers(db: Connection): Promise<WorkerRow[]> {
  return db.any<WorkerRow>(listSql());
}

export async function reapWorkers(db: Connection): Promise<number> {
  return (await db.any(reapSql())).length;
}
