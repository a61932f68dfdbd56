import type { DueJob } from '../../shared/message.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const takeDueSql = sql('core/jobs/take-due');
const markQueuedSql = sql('core/jobs/mark-queued');
const isolateDeadSql = sql('core/jobs/isolate-dead');

/** Leases due jobs to be published: each one's due time is moved on before anybody publishes it. */
export function takeDueJobs(db: Connection, limit: number): Promise<DueJob[]> {
  return db.any<DueJob>(takeDueSql({ limit }));
}

/** Marks jobs that the broker has confirmed; those that have moved on, or are locked, are left alone. */
export async function markQueued(db: Connection, jobs: readonly { id: string; claimNo: number }[]): Promise<void> {
  await db.none(markQueuedSql({ ids: jobs.map(job => job.id), claimNos: jobs.map(job => job.claimNo) }));
}

/** Takes unclaimed jobs back from the dead letters: pending, due now, to travel alone. Answers how often each has died so. */
export function isolateDeadJobs(
  db: Connection,
  ids: readonly string[],
): Promise<{ id: string; deadLetters: number }[]> {
  return db.any(isolateDeadSql({ ids }));
}
