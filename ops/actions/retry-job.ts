import type { Transaction } from '../../db/connect.ts';
import { markRetried, readRetries } from '../../db/core/job-retries.ts';
import { findLiveJob, getJob, pullJob, type JobRow } from '../../db/core/jobs.ts';
import { insertJob } from '../../db/insert-job.ts';
import { retryTransfer } from '../../db/marketplace/retry-transfer.ts';
import { insertTransferJob, jobKeyOf } from '../../db/marketplace/transfer-jobs.ts';
import { getTransfer } from '../../db/marketplace/transfers.ts';
import { nudgeAfterCommit, transact, type TransactDeps } from '../../db/transact.ts';
import type { Catalog } from '../../shared/catalog.ts';
import type { Config } from '../../shared/config.ts';
import { Fault } from '../../shared/fault.ts';
import type { AnySpec } from '../../shared/job.ts';
import { transfer } from '../../shared/jobs/transfer.ts';
import { transferReversal } from '../../shared/jobs/transfer-reversal.ts';
import { isFinal } from '../../shared/state.ts';
import { noSuchJob } from './jobs.ts';
import { leaveTrace, type Operator } from './operator.ts';

export interface RetryJobDeps extends TransactDeps {
  catalog: Catalog;
  config: Pick<Config, 'transferRetryEnabled'>;
}

/** `pulled`: it waited and is due now. `again`: it had ended, and `jobId` is a new job. `live`: another live job does the same. */
export interface Retried {
  jobId: string;
  how: 'pulled' | 'again' | 'live';
}

/**
 * Tries a job now. A final state has no way back, so a failed or cancelled job is posted anew, for the same owner, and points to the
 * job that does its work from then on: nobody need look at it any more. Faults: `not_found`; `conflict` for one that runs, has
 * succeeded, or was posted anew as a job that has ended; `unprocessable` for a kind that this build doesn't know.
 */
export function retryJob(deps: RetryJobDeps, { id }: { id: string }, operator: Operator): Promise<Retried> {
  return transact(deps, async tx => {
    const retried = await retryInside(deps, tx, id, operator);
    await leaveTrace(tx, operator, { action: 'job.retry', subject: id, details: retried });
    return retried;
  });
}

/** The same inside the caller's `transact`, whose trace it is to leave. What it throws must roll back all that it did. */
export async function retryInside(
  deps: Pick<RetryJobDeps, 'catalog' | 'config'>,
  tx: Transaction,
  id: string,
  operator: Operator,
): Promise<Retried> {
  if (await pullNow(tx, id)) return { jobId: id, how: 'pulled' };
  const job = await getJob(tx, id);
  if (!job) throw noSuchJob();
  if (job.state !== 'failed' && job.state !== 'cancelled') {
    const why = job.state === 'succeeded' ? 'has succeeded; there is nothing to retry' : 'is running';
    throw new Fault('conflict', `The job ${why}.`, { reason: 'job_not_retriable' });
  }
  const { retriedAs } = await readRetries(tx, id);
  if (retriedAs !== null) return followRetry(tx, retriedAs);
  const again = await postAgain(deps, tx, job, operator);
  if (!(await markRetried(tx, id, again.id)))
    throw new Fault('conflict', 'Somebody has just retried the job.', { reason: 'job_retried' });
  return { jobId: again.id, how: again.created ? 'again' : 'live' };
}

async function pullNow(tx: Transaction, id: string): Promise<boolean> {
  const pulled = await pullJob(tx, id);
  if (pulled) nudgeAfterCommit(tx, pulled);
  return pulled !== null;
}

/** A job is posted anew once: whoever asks again is led to the one that does its work. */
async function followRetry(tx: Transaction, jobId: string): Promise<Retried> {
  const next = await getJob(tx, jobId);
  if (!next || isFinal(next.state))
    throw new Fault('conflict', `The job was retried as ${jobId}, which has ${next?.state ?? 'been deleted'}.`, {
      reason: 'job_retried',
    });
  await pullNow(tx, jobId);
  return { jobId, how: 'live' };
}

function postAgain(
  deps: Pick<RetryJobDeps, 'catalog' | 'config'>,
  tx: Transaction,
  job: JobRow,
  operator: Operator,
): Promise<{ id: string; created: boolean }> {
  const spec = specOf(deps.catalog, job);
  if (isTransferKind(job.kind)) return payAgain(deps, tx, job, operator);
  const { owner, tenant, requestId } = job;
  return insertJob(tx, spec, presentPayload(spec, job), { owner, tenant, requestId });
}

function isTransferKind(kind: string): boolean {
  return kind === transfer.kind || kind === transferReversal.kind;
}

/** For money the transfer's row decides what is to be resumed, not the job that ended. */
async function payAgain(
  deps: Pick<RetryJobDeps, 'config'>,
  tx: Transaction,
  job: JobRow,
  { actor }: Operator,
): Promise<{ id: string; created: boolean }> {
  const { transferId } = transfer.payload.parse(job.payload);
  const order = { requestId: job.requestId, retryEnabled: deps.config.transferRetryEnabled };
  // Its job was cancelled before the first try: it is not failed, it only has nobody who pays it.
  if ((await getTransfer(tx, transferId))?.status === 'pending') return insertTransferJob(tx, transferId, order);
  const live = await findLiveJob(tx, jobKeyOf(transferId));
  return { id: (await retryTransfer(tx, transferId, { ...order, actor })).jobId, created: live === null };
}

/** Throws `Fault('unprocessable')` for a kind that this build doesn't know. */
export function specOf(catalog: Catalog, { kind }: Pick<JobRow, 'kind'>): AnySpec {
  const spec = catalog.get(kind);
  if (!spec) throw new Fault('unprocessable', `This build doesn't know the kind "${kind}".`);
  return spec;
}

/** `insertJob` writes the present version, so an older payload is upgraded first. */
export function presentPayload(spec: AnySpec, job: JobRow): unknown {
  if (job.version > spec.version) throw new Fault('unprocessable', 'A newer build wrote the payload of this job.');
  return job.version < spec.version && spec.upgrade ? spec.upgrade(job.payload, job.version) : job.payload;
}
