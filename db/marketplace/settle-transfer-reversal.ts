import { transferReversal as spec } from '../../shared/jobs/transfer-reversal.ts';
import { raiseAlert } from '../core/alerts.ts';
import type { Settler } from '../settle.ts';
import { closeOpenCall } from './settle-transfer.ts';
import { writeTransferAttempt } from './transfer-attempts.ts';
import { insertTransferJob } from './transfer-jobs.ts';
import { completeReversal, endTry, failReversal } from './transfer-moves.ts';
import { lockTransfer, providerKeyOf } from './transfers.ts';

/** What the end of a `transfer-reversal` job's attempt means for its transfer. */
export function settleTransferReversal(rules: { retryEnabled: boolean }): Settler {
  return async (tx, job, settlement) => {
    const { transferId } = spec.payload.parse(job.payload);
    const transfer = await lockTransfer(tx, transferId);
    if (!transfer) return;
    if (settlement.state === 'succeeded') {
      const { providerReversalId } = spec.result.parse(settlement.result);
      if (providerReversalId === null) {
        await endTry(tx, transferId, { spent: false, nextRetryAt: null });
        // Asked for again while this job, which had found nothing to do, was still alive.
        const order = { requestId: job.requestId, trace: job.trace, ...rules };
        if (transfer.status === 'reversal_pending') await insertTransferJob(tx, transferId, order, 'reversal');
      } else if (await completeReversal(tx, transferId, providerReversalId)) {
        const line = { transferId, direction: 'reversal', event: 'completed', job } as const;
        await writeTransferAttempt(tx, {
          ...line,
          providerKey: providerKeyOf(transfer),
          providerId: providerReversalId,
        });
      } else {
        const details = { status: transfer.status, providerReversalId };
        await raiseAlert(tx, { kind: 'transfer_reversed_out_of_turn', subject: transferId, details });
      }
      return;
    }
    await closeOpenCall(tx, job, transfer, 'reversal', settlement);
    const released = settlement.state === 'pending' && settlement.why === 'released';
    const nextRetryAt = released && transfer.reversalTries === 0 ? null : settlement.dueAt;
    await endTry(tx, transferId, { spent: !released, nextRetryAt });
    if (settlement.state !== 'pending') await failReversal(tx, transferId);
  };
}
