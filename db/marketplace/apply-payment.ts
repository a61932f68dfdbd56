import type { Transaction } from '../connect.ts';
import { raiseAlert } from '../core/alerts.ts';
import { beginRefund } from './begin-refund.ts';
import { completeOrder } from './complete-order.ts';
import { applyEarlierDisputes } from './disputes.ts';
import type { OrderCause, OrderRules } from './order-rules.ts';
import {
  captureOrder,
  lockOrderOfPayment,
  moveOrder,
  notePayment,
  type OrderRow,
  type PaymentState,
} from './orders.ts';

/** What the provider says of a payment, in a webhook or when asked. */
export interface PaymentNews {
  paymentId: string;
  state: Exclude<PaymentState, 'none'>;
  /** What was captured, in cents; null where it does not say. */
  capturedCents: number | null;
  /** Upper-case ISO code. */
  currency: string | null;
}

/**
 * Acts on the provider's word on a payment, once however often and in whatever order it is told. Answers in a word what
 * came of it. An order completes only if what was captured is exactly its own total; else it is held, and a person told.
 */
export async function applyPayment(
  tx: Transaction,
  news: PaymentNews,
  rules: OrderRules,
  cause: OrderCause,
): Promise<string> {
  const order = await lockOrderOfPayment(tx, news.paymentId);
  if (!order) {
    await raiseAlert(tx, { kind: 'payment_unknown', subject: news.paymentId, details: { ...news } });
    return 'unknown_payment';
  }
  if (order.paymentState === 'succeeded') {
    if (news.state === 'succeeded') return compareCapture(tx, order, news);
    // Of a failure or a beginning that came late nothing follows; a cancel after the capture is money that left.
    if (news.state === 'cancelled')
      await raiseAlert(tx, { kind: 'payment_out_of_turn', subject: order.id, details: { ...news } });
    return 'out_of_turn';
  }
  if (news.state === 'succeeded') return applyCapture(tx, order, news, rules, cause);
  await notePayment(tx, order.id, news.state);
  // A cancelled payment can't be taken up again; a failed one can, by the same buyer with the same secret.
  if (news.state === 'cancelled' && (await moveOrder(tx, order.id, 'expired'))) return 'expired';
  if (news.state === 'failed' && (await moveOrder(tx, order.id, 'failed'))) return 'payment_failed';
  return 'noted';
}

/** A payment that is told of again must say the same; what it captured is never changed here. */
async function compareCapture(tx: Transaction, order: OrderRow, news: PaymentNews): Promise<string> {
  const { capturedCents, capturedCurrency } = order;
  const same =
    (news.capturedCents === null || news.capturedCents === capturedCents) &&
    (news.currency === null || news.currency === capturedCurrency);
  if (same) return 'repeated';
  const details = { status: order.status, noted: { capturedCents, capturedCurrency }, news };
  await raiseAlert(tx, { kind: 'payment_mismatch', subject: order.id, details });
  return 'mismatch';
}

async function applyCapture(
  tx: Transaction,
  order: OrderRow,
  news: PaymentNews,
  rules: OrderRules,
  cause: OrderCause,
): Promise<string> {
  const { id, status, totalCents, currency } = order;
  const captured = { capturedCents: news.capturedCents, capturedCurrency: news.currency };
  await captureOrder(tx, id, captured);
  if (news.capturedCents !== totalCents || news.currency !== currency) {
    const details = { status, wanted: { totalCents, currency }, captured };
    await raiseAlert(tx, { kind: 'payment_mismatch', subject: id, details });
    await moveOrder(tx, id, 'held');
    return 'held';
  }
  if (status === 'expired') {
    const wish = { askedBy: null, reason: 'Paid after the order had expired', details: null };
    const late = await beginRefund(tx, { ...order, ...captured }, wish, rules, cause);
    return late ? 'late_payment' : 'noted';
  }
  if (!(await completeOrder(tx, order, rules, cause))) return 'noted';
  await applyEarlierDisputes(tx, id, rules, cause);
  return 'completed';
}
