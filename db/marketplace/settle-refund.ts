import { refund as spec } from '../../shared/jobs/refund.ts';
import { brokenConstraint, type Transaction } from '../connect.ts';
import { raiseAlert } from '../core/alerts.ts';
import type { Settler } from '../settle.ts';
import { disputeOf } from './disputes.ts';
import { issueCreditNote } from './order-invoice.ts';
import { noticeRefund } from './order-notices.ts';
import type { OrderCause, OrderRules } from './order-rules.ts';
import { holdTransfers, releaseHeldTransfers, undoTransfers } from './order-transfers.ts';
import { lockOrder, moveOrder, type OrderRow } from './orders.ts';
import { findRefundByProviderId, getRefund, listStandingRefunds, moveRefund, type RefundRow } from './refunds.ts';

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

/** The money has gone back, whatever was thought of it before. */
async function completeRefund(
  tx: Transaction,
  order: OrderRow,
  refund: RefundRow,
  rules: Rules,
  cause: OrderCause,
): Promise<string> {
  if (refund.status === 'failed') await failNextRefund(tx, refund);
  if (!(await markSucceeded(tx, refund))) return outOfTurn(tx, refund, { state: 'succeeded' });
  const jobs = { ...cause, retryEnabled: rules.retryEnabled };
  // It was said to have failed, and the order went on as it was.
  if (refund.status === 'failed' && (await moveOrder(tx, order.id, 'refund_pending')))
    await holdTransfers(tx, order.id, jobs);
  const moved = await moveOrder(tx, order.id, 'refunded');
  if (moved) await undoTransfers(tx, order.id, jobs);
  // The buyer's bank has taken the money back as well.
  else await raiseAlert(tx, { kind: 'refund_out_of_turn', subject: refund.id, details: { order: order.status } });
  await noticeRefund(tx, order, refund, 'succeeded');
  await issueCreditNote(tx, refund, cause);
  return moved ? 'refunded' : 'out_of_turn';
}

/** Since a refund was said to have failed, the next one may have been asked for: it must not be paid as well, or a person must know. */
async function failNextRefund(tx: Transaction, refund: RefundRow): Promise<void> {
  const [next] = await listStandingRefunds(tx, [refund.orderId]);
  if (next?.status !== 'pending') return;
  await moveRefund(tx, next.id, { from: 'pending', to: 'failed', failure: 'An earlier refund of the order was paid.' });
  const details = { says: 'succeeded', ours: describe(refund), next: describe(next) };
  await raiseAlert(tx, { kind: 'refund_out_of_turn', subject: refund.id, details });
}

/** False if another refund of the order is done: then the provider has paid back twice. */
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
  const disputed = refund.orderWas === 'completed' && (await disputeOf(tx, order.id)) === 'open';
  const becomes = disputed ? 'disputed' : refund.orderWas;
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
