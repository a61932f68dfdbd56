import { refund as spec } from '../../shared/jobs/refund.ts';
import { brokenConstraint, type Transaction } from '../connect.ts';
import { raiseAlert } from '../core/alerts.ts';
import type { Settler } from '../settle.ts';
import { isDisputed } from './disputes.ts';
import { issueCreditNote } from './order-invoice.ts';
import { noticeRefund } from './order-notices.ts';
import type { OrderCause, OrderRules } from './order-rules.ts';
import { holdTransfers, releaseHeldTransfers, undoTransfers } from './order-transfers.ts';
import { lockOrder, moveOrder, type OrderRow } from './orders.ts';
import { findRefundByProviderId, getRefund, moveRefund, type RefundRow } from './refunds.ts';

/** What the provider says of a refund, in a webhook or when asked. */
export interface RefundNews {
  /** The provider's id. */
  refundId: string;
  state: 'pending' | 'succeeded' | 'failed';
  /** Null where it does not say. */
  amountCents: number | null;
  currency: string | null;
  failure: string | null;
}

type Rules = Pick<OrderRules, 'retryEnabled'>;

/**
 * Acts on the provider's word on a refund, once however often it is told. Answers in a word what came of it. The only way
 * in which a refund is settled.
 */
export async function settleRefund(
  tx: Transaction,
  news: RefundNews,
  rules: Rules,
  cause: OrderCause,
): Promise<string> {
  const seen = await findRefundByProviderId(tx, news.refundId);
  if (!seen) {
    await raiseAlert(tx, { kind: 'refund_unknown', subject: news.refundId, details: { ...news } });
    return 'unknown_refund';
  }
  // The order before its refund, as everyone takes them; then what was seen is looked at again.
  const order = await lockOrder(tx, seen.orderId);
  const refund = await getRefund(tx, seen.id);
  if (!order || !refund) throw new Error(`refund ${seen.id} has lost its order`);
  if (news.state === 'pending') return 'noted';
  if (news.state === 'failed')
    return refund.status === 'pending'
      ? failRefund(tx, order, refund, news.failure, rules, cause)
      : outOfTurn(tx, refund, news);
  if (refund.status === 'succeeded') return 'repeated';
  const differs =
    (news.amountCents !== null && news.amountCents !== refund.amountCents) ||
    (news.currency !== null && news.currency !== refund.currency);
  if (differs) {
    await raiseAlert(tx, { kind: 'refund_mismatch', subject: refund.id, details: { news, ours: describe(refund) } });
    return 'mismatch';
  }
  return completeRefund(tx, order, refund, rules, cause);
}

/** The money has gone back. */
async function completeRefund(
  tx: Transaction,
  order: OrderRow,
  refund: RefundRow,
  rules: Rules,
  cause: OrderCause,
): Promise<string> {
  if (!(await markSucceeded(tx, refund))) return outOfTurn(tx, refund, { state: 'succeeded' });
  const jobs = { ...cause, retryEnabled: rules.retryEnabled };
  if (refund.status === 'failed') {
    // It was said to have failed, and the order went on as it was.
    await moveOrder(tx, order.id, 'refund_pending');
    await holdTransfers(tx, order.id, jobs);
  }
  if (!(await moveOrder(tx, order.id, 'refunded'))) {
    await raiseAlert(tx, { kind: 'refund_out_of_turn', subject: refund.id, details: { order: order.status } });
    return 'out_of_turn';
  }
  await undoTransfers(tx, order.id, jobs);
  await noticeRefund(tx, order, refund, 'succeeded');
  await issueCreditNote(tx, refund, cause);
  return 'refunded';
}

/** False if a second refund of the order is under way or done: then the provider has paid back twice, or is about to. */
async function markSucceeded(tx: Transaction, refund: RefundRow): Promise<boolean> {
  const move = { from: refund.status, to: 'succeeded', failure: null } as const;
  try {
    return await tx.tx(savepoint => moveRefund(savepoint, refund.id, move));
  } catch (error) {
    if (brokenConstraint(error) !== 'refunds_live') throw error;
    return false;
  }
}

async function failRefund(
  tx: Transaction,
  order: OrderRow,
  refund: RefundRow,
  failure: string | null,
  rules: Rules,
  cause: OrderCause,
): Promise<string> {
  const why = failure ?? 'the provider does not say';
  if (!(await moveRefund(tx, refund.id, { from: 'pending', to: 'failed', failure: why }))) return 'repeated';
  const becomes = (await isDisputed(tx, order.id)) ? 'disputed' : refund.orderWas;
  if (!(await moveOrder(tx, order.id, becomes))) return 'out_of_turn';
  if (becomes === 'completed') await releaseHeldTransfers(tx, order.id, { ...cause, retryEnabled: rules.retryEnabled });
  // The buyer has paid for an order that they don't have, and nobody else will notice.
  if (becomes === 'expired' || becomes === 'held')
    await raiseAlert(tx, { kind: 'payment_not_refunded', subject: order.id, details: { why } });
  await noticeRefund(tx, order, refund, 'failed');
  return 'refund_failed';
}

async function outOfTurn(tx: Transaction, refund: RefundRow, news: Pick<RefundNews, 'state'>): Promise<string> {
  if (refund.status === news.state) return 'repeated';
  const details = { says: news.state, ours: describe(refund) };
  await raiseAlert(tx, { kind: 'refund_out_of_turn', subject: refund.id, details });
  return 'out_of_turn';
}

function describe({ id, status, amountCents, currency }: RefundRow) {
  return { id, status, amountCents, currency };
}

/**
 * What the end of a `refund` job means: a refund that the provider has refused to take fails at once, since no webhook will
 * ever come for it. Whatever else went wrong, the reconciler asks.
 */
export function settleRefundJob(rules: Rules): Settler {
  return async (tx, job, settlement) => {
    if (settlement.state !== 'failed' || settlement.fault.code !== 'refund_refused') return;
    const { refundId } = spec.payload.parse(job.payload);
    const seen = await getRefund(tx, refundId);
    const order = seen && (await lockOrder(tx, seen.orderId));
    const refund = await getRefund(tx, refundId);
    if (!order || refund?.status !== 'pending') return;
    const cause = { requestId: job.requestId, trace: job.trace };
    await failRefund(tx, order, refund, settlement.fault.message, rules, cause);
  };
}
