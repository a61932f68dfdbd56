import { unpaidStatuses } from '../../shared/transfer-state.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { attemptsLeft, insertTransferJob, type TransferOrder } from './transfer-jobs.ts';
import { askReversal, cancelTransfer, holdTransfer, unholdTransfer } from './transfer-moves.ts';
import type { TransferRow } from './transfers.ts';

/*
 * What a refund or a dispute does to the transfers of its order. The caller has locked the order's row `for update` and
 * has set its new status; these lock the transfers in the order of their ids.
 */

const lockOfOrderSql = sql('marketplace/transfers/lock-of-order');

/**
 * A refund or dispute has begun: holds what is certainly unpaid. What was sent and never settled may have been paid; it gets
 * a job, if it has none, that reads the provider and then completes or holds it. Answers how many are held.
 */
export async function holdTransfers(tx: Transaction, orderId: string, order: TransferOrder): Promise<number> {
  let held = 0;
  for (const transfer of await lockTransfers(tx, orderId)) {
    if (!unpaidStatuses.includes(transfer.status)) continue;
    if (transfer.call !== 'none') await insertTransferJob(tx, transfer.id, order);
    else if (await holdTransfer(tx, transfer.id)) held += 1;
  }
  return held;
}

/** The refund failed or the dispute was won: held transfers are to be paid after all. Answers how many. */
export async function releaseHeldTransfers(tx: Transaction, orderId: string, order: TransferOrder): Promise<number> {
  let released = 0;
  for (const transfer of await lockTransfers(tx, orderId)) {
    if (transfer.status !== 'held' || !(await unholdTransfer(tx, transfer.id))) continue;
    await insertTransferJob(tx, transfer.id, { ...order, maxAttempts: attemptsLeft(transfer) });
    released += 1;
  }
  return released;
}

/**
 * The order is refunded: held transfers are cancelled, completed ones get their reversal. One that is still unsettled at the
 * provider is dealt with when it settles. Answers how many of each.
 */
export async function undoTransfers(
  tx: Transaction,
  orderId: string,
  order: TransferOrder,
): Promise<{ cancelled: number; reversing: number }> {
  const done = { cancelled: 0, reversing: 0 };
  for (const transfer of await lockTransfers(tx, orderId)) {
    if (transfer.status === 'held' && (await cancelTransfer(tx, transfer.id))) done.cancelled += 1;
    if (transfer.status === 'completed' && (await askReversal(tx, transfer.id))) {
      await insertTransferJob(tx, transfer.id, order, 'reversal');
      done.reversing += 1;
    }
  }
  return done;
}

function lockTransfers(tx: Transaction, orderId: string): Promise<TransferRow[]> {
  return tx.any<TransferRow>(lockOfOrderSql({ orderId }));
}
