import type { AnySpec, PayloadOf } from '../shared/job.ts';
import type { Transaction } from './connect.ts';
import { newJob, writeJobs, type JobOrder, type NewJob } from './core/job-insert.ts';
import { findLiveJob } from './core/jobs.ts';
import { nudgeAfterCommit } from './transact.ts';

/**
 * Inserts a job in the caller's transaction; it is published once that commits. If a live job holds its unique key, that
 * one is answered with `created: false`. Throws `ZodError` for a payload that its spec refuses.
 */
export async function insertJob<Spec extends AnySpec>(
  tx: Transaction,
  spec: Spec,
  payload: PayloadOf<Spec>,
  order: JobOrder,
): Promise<{ id: string; created: boolean }> {
  const job = newJob(spec, spec.payload.parse(payload), order);
  const [createdAt] = await writeJobs(tx, [job]);
  if (createdAt) {
    nudge(tx, job);
    return { id: job.id, created: true };
  }
  const live = job.uniqueKey === null ? null : await findLiveJob(tx, job.uniqueKey);
  // The holder may have ended between the two statements: then the key is free, and the second try takes it.
  return live ? { id: live.id, created: false } : insertJob(tx, spec, payload, order);
}

/**
 * Inserts many jobs of one kind in one statement; they are published once the caller's transaction commits. Answers the ids
 * of those inserted: one whose unique key a live job holds is left out. Throws `ZodError` as `insertJob` does.
 */
export async function insertJobs<Spec extends AnySpec>(
  tx: Transaction,
  spec: Spec,
  payloads: readonly PayloadOf<Spec>[],
  order: Omit<JobOrder, 'idempotency'>,
): Promise<string[]> {
  if (payloads.length === 0) return [];
  const jobs = payloads.map(payload => newJob(spec, spec.payload.parse(payload), order));
  const createdAt = await writeJobs(tx, jobs);
  const inserted = jobs.filter((_, index) => createdAt[index] !== null);
  for (const job of inserted) nudge(tx, job);
  return inserted.map(job => job.id);
}

/** One that is to wait is published by the relay, when it falls due. */
function nudge(tx: Transaction, { id, kind, delayMs }: NewJob): void {
  if (delayMs === 0) nudgeAfterCommit(tx, { id, kind, attempt: 0, claimNo: 0, isolate: false });
}
