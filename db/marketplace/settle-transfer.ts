import { transfer as spec } from '../../shared/jobs/transfer.ts';
import { isUndone } from '../../shared/order-state.ts';
import { unpaidStatuses } from '../../shared/transfer-state.ts';
import { nextTransferStep } from '../../shared/transfer-step.ts';
import type { Transaction } from '../connect.ts';
import { raiseAlert } from '../core/alerts.ts';
import type { SettledJob, Settlement, Settler } from '../settle.ts';
import { lastTransferAttempt, writeTransferAttempt, type TransferDirection } from './transfer-attempts.ts';
import { insertTransferJob, type TransferOrder } from './transfer-jobs.ts';
import {
  askReversal,
  cancelTransfer,
  completeTransfer,
  endTry,
  failTransfer,
  giveUpTransfer,
  holdTransfer,
} from './transfer-moves.ts';
import { lockTransfer, providerKeyOf, type LockedTransfer } from './transfers.ts';

/** What the end of a `transfer` job's attempt means for its transfer. */
export function settleTransfer(rules: { retryEnabled: boolean }): Settler {
  return async (tx, job, settlement) => {
    const { transferId } = spec.payload.parse(job.payload);
    const transfer = await lockTransfer(tx, transferId);
    if (!transfer) return;
    const order = { requestId: job.requestId, trace: job.trace, ...rules };
    if (settlement.state === 'succeeded') {
      const { providerTransferId } = spec.result.parse(settlement.result);
      if (providerTransferId === null) await settleUnpaid(tx, transfer, order);
      else await settlePaid(tx, job, transfer, providerTransferId, order);
      return;
    }
    await closeOpenCall(tx, job, transfer, 'transfer', settlement);
    await settleFailed(tx, job, transfer, settlement);
  };
}

async function settlePaid(
  tx: Transaction,
  job: SettledJob,
  transfer: LockedTransfer,
  providerTransferId: string,
  order: TransferOrder,
): Promise<void> {
  const { id } = transfer;
  if (!(await completeTransfer(tx, id, providerTransferId))) {
    // Cannot be: only what is certainly unpaid leaves the payable statuses. If it is, a person must hear of it.
    const details = { status: transfer.status, providerTransferId };
    await raiseAlert(tx, { kind: 'transfer_paid_out_of_turn', subject: id, details });
    return;
  }
  const line = { transferId: id, direction: 'transfer', event: 'completed', job } as const;
  await writeTransferAttempt(tx, { ...line, providerKey: providerKeyOf(transfer), providerId: providerTransferId });
  if (isUndone(transfer.orderStatus) && (await askReversal(tx, id))) await insertTransferJob(tx, id, order, 'reversal');
}

/**
 * The job found nothing to do. If that has changed since (the hold was lifted, the seller onboarded), whoever changed it met
 * this job alive and made none: the next one is made here.
 */
async function settleUnpaid(tx: Transaction, transfer: LockedTransfer, order: TransferOrder): Promise<void> {
  await endTry(tx, transfer.id, { spent: false, nextRetryAt: null });
  const { orderCreatedAt: askedAt } = transfer;
  const destination = transfer.destination ?? transfer.accountId;
  const step = nextTransferStep({ ...transfer, destination, askedAt, now: askedAt, readAbsent: false });
  if (step.do === 'send' || step.do === 'read') await insertTransferJob(tx, transfer.id, order);
}

async function settleFailed(
  tx: Transaction,
  job: SettledJob,
  transfer: LockedTransfer,
  settlement: Settlement,
): Promise<void> {
  const { id, status } = transfer;
  const released = settlement.state === 'pending' && settlement.why === 'released';
  // A first attempt that was only released is still the first one, not a retry.
  const nextRetryAt = released && status === 'pending' ? null : settlement.dueAt;
  const ended = await endTry(tx, id, { spent: !released, nextRetryAt });
  if (released || !ended || !unpaidStatuses.includes(status)) return;
  await failTransfer(tx, id);
  if (settlement.state === 'failed' && isExhausted(job, ended.tries)) await giveUpTransfer(tx, id);
  // The order's refund began while this try ran, which is why it could not be held then.
  if (transfer.orderStatus !== 'completed' && transfer.call === 'none') await holdTransfer(tx, id);
  // Or is settled by now, so that nobody will look at what is held.
  if (isUndone(transfer.orderStatus)) await cancelTransfer(tx, id);
}

/** A job of one attempt is one that was asked for, or all that is allowed: its transfer stays open until the policy's tries are spent. */
function isExhausted(job: SettledJob, tries: number): boolean {
  return job.attempt >= job.maxAttempts && (job.maxAttempts > 1 || tries >= spec.retry.attempts);
}

/** Writes the outcome of a call whose runner died or was stopped before it could: nobody heard the answer. */
export async function closeOpenCall(
  tx: Transaction,
  job: SettledJob,
  transfer: LockedTransfer,
  direction: TransferDirection,
  settlement: Exclude<Settlement, { state: 'succeeded' }>,
): Promise<void> {
  const last = await lastTransferAttempt(tx, transfer.id);
  if (last?.event !== 'sent') return;
  const faultCode = settlement.fault?.code ?? 'released';
  const { providerKey } = last;
  await writeTransferAttempt(tx, {
    transferId: transfer.id,
    direction,
    event: 'no_answer',
    providerKey,
    faultCode,
    job,
  });
}
