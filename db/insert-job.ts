import type { AnySpec, PayloadOf } from '../shared/job.ts';
import type { Transaction } from './connect.ts';
import { newJob, writeJobs, type JobOrder } from './core/job-insert.ts';
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
    if (job.delayMs === 0) nudgeAfterCommit(tx, { id: job.id, kind: job.kind, attempt: 0, claimNo: 0, isolate: false });
    return { id: job.id, created: true };
  }
  const live = job.uniqueKey === null ? null : await findLiveJob(tx, job.uniqueKey);
  // The holder may have ended between the two statements: then the key is free, and the second try takes it.
  return live ? { id: live.id, created: false } : insertJob(tx, spec, payload, order);
}
