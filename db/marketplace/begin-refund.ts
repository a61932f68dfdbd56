import { refund as spec } from '../../shared/jobs/refund.ts';
import type { Transaction } from '../connect.ts';
import { insertJob } from '../insert-job.ts';
import type { OrderCause, OrderRules } from './order-rules.ts';
import { holdTransfers } from './order-transfers.ts';
import { moveOrder, type OrderRow } from './orders.ts';
import { insertRefund, type RefundRow } from './refunds.ts';

export interface RefundWish {
  askedBy: string | null;
  reason: string;
  details: string | null;
}

/**
 * Begins to send an order's money back: the refund's row, the order's status, its transfers held, the job that asks the
 * provider. The caller holds the order's lock. Null if the order is not one that has money to send back, or if a refund is
 * under way or done.
 */
export async function beginRefund(
  tx: Transaction,
  order: OrderRow,
  wish: RefundWish,
  rules: Pick<OrderRules, 'retryEnabled'>,
  cause: OrderCause,
): Promise<RefundRow | null> {
  const { id, status: orderWas, capturedCents, capturedCurrency, totalCents, currency } = order;
  if (orderWas !== 'completed' && orderWas !== 'expired' && orderWas !== 'held') return null;
  const refund = await insertRefund(tx, {
    ...wish,
    orderId: id,
    orderWas,
    // All that came, which may be something else than the order's total; where the provider named nothing, it may refuse.
    amountCents: capturedCents || totalCents,
    currency: capturedCurrency ?? currency,
  });
  if (!refund || !(await moveOrder(tx, id, 'refund_pending'))) return null;
  await holdTransfers(tx, id, { ...cause, retryEnabled: rules.retryEnabled });
  await insertRefundJob(tx, refund.id, cause);
  return refund;
}

export async function insertRefundJob(tx: Transaction, refundId: string, cause: OrderCause): Promise<void> {
  await insertJob(tx, spec, { refundId }, { owner: 'system', ...cause });
}
