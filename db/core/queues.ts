import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** What operators have set for a kind. A kind without a row runs by its spec. */
export interface QueueSetting {
  kind: string;
  paused: boolean;
  concurrency: number | null;
}

const listSql = sql('core/queues/list');
const setSql = sql('core/queues/set');
const resetConcurrencySql = sql('core/queues/reset-concurrency');
const pauseAllSql = sql('core/queues/pause-all');

export function listQueueSettings(db: Connection): Promise<QueueSetting[]> {
  return db.any<QueueSetting>(listSql());
}

/** Changes what is given and leaves the rest. Workers follow with their next heartbeat. */
export function setQueue(
  db: Connection,
  kind: string,
  change: { paused?: boolean; concurrency?: number },
): Promise<QueueSetting> {
  return db.one<QueueSetting>(setSql({ kind, paused: change.paused ?? null, concurrency: change.concurrency ?? null }));
}

/** Back to what the kind's spec says. */
export async function resetQueueConcurrency(db: Connection, kind: string): Promise<QueueSetting> {
  const setting = await db.oneOrNone<QueueSetting>(resetConcurrencySql({ kind }));
  return setting ?? { kind, paused: false, concurrency: null };
}

/** Pauses or resumes all of them. Answers those that changed. */
export async function pauseAllQueues(db: Connection, kinds: readonly string[], paused: boolean): Promise<string[]> {
  const changed = await db.any<{ kind: string }>(pauseAllSql({ kinds, paused }));
  return changed.map(({ kind }) => kind);
}
