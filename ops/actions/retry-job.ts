import type { Transaction } from '../../db/connect.ts';
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
 * Tries a job now. A final state has no way back, so a failed or cancelled job is posted anew, for the same owner. Faults:
 * `not_found`; `conflict` for one that runs or has succeeded; `unprocessable` for a kind that this build doesn't know.
 */
export function retryJob(deps: RetryJobDeps, { id }: { id: string }, operator: Operator): Promise<Retried> {
  return transact(deps, async tx => {
    const pulled = await pullJob(tx, id);
    if (pulled) nudgeAfterCommit(tx, pulled);
    const retried: Retried = pulled ? { jobId: id, how: 'pulled' } : await postAgain(deps, tx, id, operator);
    await leaveTrace(tx, operator, { action: 'job.retry', subject: id, details: retried });
    return retried;
  });
}

async function postAgain(deps: RetryJobDeps, tx: Transaction, id: string, operator: Operator): Promise<Retried> {
  const job = await getJob(tx, id);
  if (!job) throw noSuchJob();
  if (job.state !== 'failed' && job.state !== 'cancelled') {
    const why = job.state === 'succeeded' ? 'has succeeded; there is nothing to retry' : 'is running';
    throw new Fault('conflict', `The job ${why}.`, { reason: 'job_not_retriable' });
  }
  const spec = deps.catalog.get(job.kind);
  if (!spec) throw new Fault('unprocessable', `This build doesn't know the kind "${job.kind}".`);
  const again = isTransferKind(job.kind)
    ? await payAgain(deps, tx, job, operator)
    : await insertJob(tx, spec, presentPayload(spec, job), {
        owner: job.owner,
        tenant: job.tenant,
        requestId: job.requestId,
      });
  return { jobId: again.id, how: again.created ? 'again' : 'live' };
}

function isTransferKind(kind: string): boolean {
  return kind === transfer.kind || kind === transferReversal.kind;
}

/** For money the transfer's row decides what is to be resumed, not the job that ended. */
async function payAgain(
  deps: RetryJobDeps,
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

/** `insertJob` writes the present version, so an older payload is upgraded first. */
function presentPayload(spec: AnySpec, job: JobRow): unknown {
  if (job.version > spec.version) throw new Fault('unprocessable', 'A newer build wrote the payload of this job.');
  return job.version < spec.version && spec.upgrade ? spec.upgrade(job.payload, job.version) : job.payload;
}
