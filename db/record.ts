import type { RecordedFault } from '../shared/fault.ts';
import type { Outcome } from '../shared/outcome.ts';
import type { Transaction } from './connect.ts';
import { completeJobs, recordEndings, type ClaimedJob } from './core/job-run.ts';
import { endUnclaimedJob, type JobRow } from './core/jobs.ts';
import type { Settlers } from './settle.ts';

/**
 * Records how a claimed job's attempt ended and settles its domain row, in the caller's transaction. False if the job was
 * rescued or ended meanwhile: then nothing was written and the caller should roll back what it did for it.
 */
export async function recordOutcome(
  tx: Transaction,
  settlers: Settlers,
  job: ClaimedJob & { worker: string },
  outcome: Outcome,
  options: { rescued?: boolean } = {},
): Promise<boolean> {
  let dueAt: Date | null = null;
  if (outcome.state === 'succeeded') {
    const [done] = await completeJobs(tx, job.worker, [
      { id: job.id, claimNo: job.claimNo, result: JSON.stringify(outcome.result ?? null) },
    ]);
    if (!done) return false;
  } else {
    const [recorded] = await recordEndings(tx, job.worker, [
      { id: job.id, claimNo: job.claimNo, outcome, rescued: options.rescued ?? false },
    ]);
    if (!recorded) return false;
    dueAt = recorded.dueAt;
  }
  await settlers.get(job.kind)?.(tx, job, { ...outcome, dueAt });
  return true;
}

/** Ends a job that no worker holds and settles its domain row. Null if a worker holds it or it has ended. */
export async function endUnclaimed(
  tx: Transaction,
  settlers: Settlers,
  id: string,
  state: 'failed' | 'cancelled',
  fault: RecordedFault,
): Promise<JobRow | null> {
  const job = await endUnclaimedJob(tx, id, state, fault);
  if (job) await settlers.get(job.kind)?.(tx, job, { state, fault, dueAt: null });
  return job;
}
