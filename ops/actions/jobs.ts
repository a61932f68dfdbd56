import type { Connection } from '../../db/connect.ts';
import { getJob, listAttempts, listJobs, requestCancel, type AttemptRow, type JobRow } from '../../db/core/jobs.ts';
import { endUnclaimed } from '../../db/record.ts';
import type { Settlers } from '../../db/settle.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import type { JobStatus } from '../../shared/state.ts';
import { maskSecrets } from './mask-secrets.ts';
import { leaveTrace, type Operator } from './operator.ts';

export interface JobSearch {
  kind?: string | undefined;
  status?: JobStatus | undefined;
  owner?: string | undefined;
  /** Only jobs made before this one. */
  beforeId?: string | undefined;
  limit: number;
}

/** A search gives up after this many windows of rows without enough matches, and says where it stopped. */
const maxWindows = 40;

/** Everyone's jobs, newest first. `nextBeforeId` is null at the end; a search for something rare may stop before it. */
export async function findJobs(
  deps: { db: Connection; catalog: Catalog },
  search: JobSearch,
): Promise<{ jobs: JobRow[]; nextBeforeId: string | null }> {
  const { kind = null, status = null, owner = null, limit } = search;
  const kinds = kind === null ? [...deps.catalog.keys()] : [kind];
  const jobs: JobRow[] = [];
  let beforeId = search.beforeId ?? null;
  for (let window = 0; window < maxWindows; window += 1) {
    const page = await listJobs(deps.db, { kind, status, owner, kinds, beforeId, limit: limit - jobs.length });
    jobs.push(...page.jobs);
    beforeId = page.nextBeforeId;
    if (beforeId === null || jobs.length >= limit) break;
  }
  return { jobs, nextBeforeId: beforeId };
}

/** A job with its ended attempts; secrets in payload and result are masked. Throws `Fault('not_found')`. */
export async function showJob(deps: { db: Connection }, id: string): Promise<{ job: JobRow; attempts: AttemptRow[] }> {
  const job = await getJob(deps.db, id);
  if (!job) throw noSuchJob();
  const attempts = await listAttempts(deps.db, id);
  return { job: { ...job, payload: maskSecrets(job.payload), result: maskSecrets(job.result) }, attempts };
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
