import { findLostJobs, recordEndings, type LostJob } from '../../db/core/job-run.ts';
import { isUnavailable } from '../../db/connect.ts';
import { takeLostWorkers } from '../../db/core/workers.ts';
import { recordOutcome } from '../../db/record.ts';
import type { Spine } from '../../db/spine.ts';
import { transact } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { outcomeOf, rescuedOutcome, type Outcome } from '../../shared/outcome.ts';

export type RescueDeps = Pick<Spine, 'spineDb' | 'dispatch' | 'catalog' | 'settlers' | 'log' | 'metrics'> & {
  random?: () => number;
};

const rescueBatchRows = 500;

/**
 * Takes the leases that have run out and gives each running job of a lost worker its outcome: tried again at once, alone,
 * with the attempt counted, or failed when that was the last. True if there may be more.
 *
 * Call it only after a full lease of uninterrupted contact with the database: while that was away nobody could extend.
 */
export async function rescueOnce(deps: RescueDeps): Promise<boolean> {
  for (const worker of await takeLostWorkers(deps.spineDb)) {
    deps.log.warn({ worker: worker.id, name: worker.name }, 'a worker was lost; its jobs are rescued');
  }
  const jobs = await findLostJobs(deps.spineDb, rescueBatchRows);
  const plain = new Map<string, { job: LostJob; outcome: Exclude<Outcome, { state: 'succeeded' }> }[]>();
  for (const job of jobs) {
    const outcome = outcomeOfLost(deps, job);
    if (!outcome) continue;
    deps.metrics.rescued.inc({ kind: job.kind });
    if (deps.settlers.has(job.kind)) {
      await rescueSettled(deps, job, outcome);
    } else {
      plain.set(job.worker, [...(plain.get(job.worker) ?? []), { job, outcome }]);
    }
  }
  for (const [worker, entries] of plain) {
    await recordEndings(
      deps.spineDb,
      worker,
      entries.map(({ job, outcome }) => ({ id: job.id, claimNo: job.claimNo, outcome, rescued: true })),
    );
  }
  return jobs.length === rescueBatchRows;
}

/** One job whose settler throws must not keep the others from being rescued. */
async function rescueSettled(deps: RescueDeps, job: LostJob, outcome: Outcome): Promise<void> {
  try {
    await transact({ db: deps.spineDb, dispatch: deps.dispatch }, tx =>
      recordOutcome(tx, deps.settlers, job, outcome, { rescued: true }),
    );
  } catch (error) {
    if (isUnavailable(error)) throw error;
    deps.log.error({ err: error, jobId: job.id, kind: job.kind }, 'a lost job could not be settled');
  }
}

function outcomeOfLost(deps: RescueDeps, job: LostJob): Exclude<Outcome, { state: 'succeeded' }> | null {
  const spec = deps.catalog.get(job.kind);
  if (!spec) return null; // a newer build's kind; its ticker rescues it
  const random = deps.random ?? Math.random;
  const facts = { attempt: job.attempt, maxAttempts: job.maxAttempts, retry: spec.retry };
  const outcome = job.cancelRequested
    ? outcomeOf(new Fault('cancelled', 'Cancelled on request.'), facts, random)
    : rescuedOutcome(facts, random);
  return outcome.state === 'succeeded' ? null : outcome;
}
