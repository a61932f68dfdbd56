import { Fault } from '../../shared/fault.ts';
import { retriableStatuses, type TransferStatus } from '../../shared/transfer-state.ts';
import type { Transaction } from '../connect.ts';
import { writeAudit } from '../core/audit.ts';
import { markRetried } from '../core/job-retries.ts';
import { findLiveJob, pullJob } from '../core/jobs.ts';
import { nudgeAfterCommit } from '../transact.ts';
import { attemptsLeft, insertTransferJob, jobKeyOf, type TransferOrder } from './transfer-jobs.ts';
import { lastTransferAttempt } from './transfer-attempts.ts';
import { askReversal, scheduleNow } from './transfer-moves.ts';
import { getTransfer, lockTransfer } from './transfers.ts';

/**
 * An operator wants a transfer tried now: resumes what failed, which with a provider transfer id is the reversal. A live job
 * is pulled to now; one is made only when none is live. Answers the job to wait for, and its attempt that is to come.
 * Faults: `not_found`; `conflict` in a status that has nothing to retry, or while a try runs.
 */
export async function retryTransfer(
  tx: Transaction,
  id: string,
  order: TransferOrder & { actor: string; reason?: string | undefined },
): Promise<{ jobId: string; attempt: number }> {
  const seen = await getTransfer(tx, id);
  if (!seen) throw new Fault('not_found', 'There is no such transfer.');
  refuseUnlessRetriable(seen.status);
  // The job before the transfer, as whoever records an outcome takes them: the other way round the two could deadlock.
  const live = await findLiveJob(tx, jobKeyOf(id));
  const pulled = live && (await pullJob(tx, live.id));
  if (live && !pulled)
    throw new Fault('conflict', 'A try of this transfer is running.', { reason: 'transfer_running' });
  const transfer = await lockTransfer(tx, id);
  if (!transfer) throw new Fault('not_found', 'There is no such transfer.');
  refuseUnlessRetriable(transfer.status);
  await writeAudit(tx, {
    actor: order.actor,
    ...(order.reason === undefined ? {} : { reason: order.reason }),
    action: 'transfer.retry',
    subject: id,
    details: { status: transfer.status },
  });
  if (pulled) {
    nudgeAfterCommit(tx, pulled);
    await scheduleNow(tx, id);
    return { jobId: pulled.id, attempt: pulled.attempt + 1 };
  }
  const reverse = transfer.providerTransferId !== null;
  if (reverse) await askReversal(tx, id);
  const job = await insertTransferJob(
    tx,
    id,
    { ...order, maxAttempts: attemptsLeft(transfer) },
    reverse ? 'reversal' : 'transfer',
  );
  if (!job.created) throw new Fault('conflict', 'A try of this transfer is running.', { reason: 'transfer_running' });
  // The job that failed is taken up: nobody need look at it any more, whoever asked for the retry and where.
  const last = await lastTransferAttempt(tx, id);
  if (last?.jobId) await markRetried(tx, last.jobId, job.id);
  await scheduleNow(tx, id);
  return { jobId: job.id, attempt: 1 };
}

function refuseUnlessRetriable(status: TransferStatus): void {
  if ((retriableStatuses as readonly TransferStatus[]).includes(status)) return;
  throw new Fault('conflict', `A transfer that is ${status.replaceAll('_', ' ')} has nothing to retry.`, {
    reason: 'transfer_not_retriable',
  });
}
