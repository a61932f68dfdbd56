import type { Connection } from '../../db/connect.ts';
import { readRetries, type JobRetries } from '../../db/core/job-retries.ts';
import { searchJobs, type JobPage, type JobSearch } from '../../db/core/job-search.ts';
import { getJob, listAttempts, requestCancel, type AttemptRow, type JobRow } from '../../db/core/jobs.ts';
import { endUnclaimed } from '../../db/record.ts';
import type { Settlers } from '../../db/settle.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { maskSecrets } from './mask-secrets.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** Everyone's jobs, newest first. */
export function findJobs(deps: { db: Connection }, search: JobSearch): Promise<JobPage> {
  return searchJobs(deps.db, search);
}

/** A job with its ended attempts, and what it was retried as and from; secrets in payload and result are masked. Throws `Fault('not_found')`. */
export async function showJob(
  deps: { db: Connection },
  id: string,
): Promise<{ job: JobRow; attempts: AttemptRow[]; retries: JobRetries }> {
  const [job, attempts, retries] = await Promise.all([
    getJob(deps.db, id),
    listAttempts(deps.db, id),
    readRetries(deps.db, id),
  ]);
  if (!job) throw noSuchJob();
  return { job: { ...job, payload: maskSecrets(job.payload), result: maskSecrets(job.result) }, attempts, retries };
}

export interface CancelJobDeps extends TransactDeps {
  catalog: Catalog;
  settlers: Settlers;
}

/**
 * Cancels a waiting job at once and asks the worker of a running one to stop it; the row says which. Faults: `not_found`;
 * `forbidden` for a kind that nobody may cancel; `conflict` for a job that has ended.
 */
export function cancelJob(deps: CancelJobDeps, { id }: { id: string }, operator: Operator): Promise<JobRow> {
  return transact(deps, async tx => {
    const job = await getJob(tx, id);
    if (!job) throw noSuchJob();
    if (deps.catalog.get(job.kind)?.access.cancel === 'nobody')
      throw new Fault('forbidden', `Jobs of kind "${job.kind}" can't be cancelled.`);
    const fault = { code: 'cancelled', message: 'Cancelled by an operator.' };
    // A claim between the two makes the second one true, an end between them neither.
    const cancelled = (await endUnclaimed(tx, deps.settlers, id, 'cancelled', fault)) ?? (await requestCancel(tx, id));
    if (!cancelled) throw new Fault('conflict', 'The job has ended already.', { reason: 'job_final' });
    await leaveTrace(tx, operator, {
      action: 'job.cancel',
      subject: id,
      details: { kind: job.kind, state: job.state },
    });
    return cancelled;
  });
}

export function noSuchJob(): Fault {
  return new Fault('not_found', 'There is no such job.');
}
