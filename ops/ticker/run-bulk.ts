import {
  advanceBulkAction,
  type BulkActionRow,
  findJobsToRedrive,
  finishBulkAction,
  listRunningBulkActions,
  lockBulkActionForJob,
  lockJobToRedrive,
} from '../../db/core/bulk-actions.ts';
import { isUnavailable } from '../../db/connect.ts';
import { transact } from '../../db/transact.ts';
import { describeError, Fault } from '../../shared/fault.ts';
import { traceBulk } from '../actions/bulk.ts';
import { retryJob, type RetryJobDeps } from '../actions/retry-job.ts';

export type RunBulkDeps = RetryJobDeps;

const batchJobs = 50;
const windowRows = 5_000;
/** So many actions take turns, a batch each. */
const maxRunning = 20;

/** Does one batch of each running action on many jobs. True if there is more. */
export async function runBulkOnce(deps: RunBulkDeps): Promise<boolean> {
  const running = await listRunningBulkActions(deps.db, maxRunning);
  for (const bulk of running) await runBatch(deps, bulk);
  return running.length > 0;
}

async function runBatch(deps: RunBulkDeps, bulk: BulkActionRow): Promise<void> {
  const { id: bulkId, filter, nextBefore: beforeId } = bulk;
  const found = await findJobsToRedrive(deps.db, filter, { bulkId, beforeId, windowRows, limit: batchJobs });
  for (const id of found.ids) if (!(await redriveOne(deps, bulk, id))) return;
  if (found.jobs > found.ids.length) return;
  if (found.nextBefore !== null) await advanceBulkAction(deps.db, bulkId, { nextBefore: found.nextBefore });
  // Only a look that finds nothing ends it: another ticker may have been in the middle of a job that this one saw.
  else if (found.jobs === 0) await finish(deps, bulkId);
}

/**
 * Redrives one job and counts it, in one transaction: the count is true and the place is kept whenever this process is killed.
 * The action's row is locked before the job's and until the end, so two tickers take turns, and the second one sees that the
 * job is behind it. False: the action was stopped, or another ticker is further.
 */
function redriveOne(deps: RunBulkDeps, bulk: BulkActionRow, id: string): Promise<boolean> {
  const operator = { actor: bulk.createdBy, reason: bulk.reason };
  return transact(deps, async tx => {
    if (!(await lockBulkActionForJob(tx, bulk.id, id))) return false;
    const count = (await lockJobToRedrive(tx, bulk.id, id))
      ? await retryJob({ ...deps, db: tx }, { id }, operator).then(
          ({ how }) => (how === 'live' ? { skipped: 1 } : { done: 1 }),
          countOf,
        )
      : { skipped: 1 };
    await advanceBulkAction(tx, bulk.id, { nextBefore: id, ...count });
    return true;
  });
}

/** A job that can't be redriven stops nothing; a database that is away stops everything until it is back. */
function countOf(error: unknown): { skipped: number } | { failed: number; lastError: string } {
  if (isUnavailable(error)) throw error;
  if (error instanceof Fault && (error.code === 'conflict' || error.code === 'not_found')) return { skipped: 1 };
  return { failed: 1, lastError: error instanceof Fault ? error.message : describeError(error) };
}

function finish(deps: RunBulkDeps, id: string): Promise<void> {
  return transact(deps, async tx => {
    const ended = await finishBulkAction(tx, id);
    if (ended) await traceBulk(tx, { actor: ended.createdBy, reason: ended.reason }, 'bulk.done', ended, ended.done);
  });
}
