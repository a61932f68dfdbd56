import { z } from 'zod';
import type { Transaction } from '../../../db/connect.ts';
import { beginRefund, type RefundWish } from '../../../db/marketplace/begin-refund.ts';
import { orderRulesOf, type OrderCause, type OrderRules } from '../../../db/marketplace/order-rules.ts';
import { getOrderOfParty, lockOrder } from '../../../db/marketplace/orders.ts';
import { listStandingRefunds } from '../../../db/marketplace/refunds.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';

const initiated = { message: 'Refund initiated' };
const days = 14;

const create = defineRoute({
  method: 'POST',
  path: '/api/v1/marketplace/orders/:id/refund',
  summary: 'Ask for the refund of an order',
  description:
    'By the buyer, or a seller in it, within 14 days of the payment; the whole order. What becomes of it the payment provider decides: `refund` in the order tells. 409 while one is under way or done; one that failed may be asked for again.',
  roles: ['marketplace:user'],
  idempotency: 'honoured',
  limitPerMinute: 30,
  params: z.object({ id: z.uuid() }),
  body: z.strictObject({ reason: z.string().trim().min(1).max(500), details: z.string().max(5_000).optional() }),
  response: { 200: z.strictObject({ message: z.literal(initiated.message) }) },
  async handler(request) {
    const { actor, body, edge, requestId, traceparent: trace } = request;
    const wish = { askedBy: actor!.id, reason: body.reason, details: body.details ?? null };
    const rules = orderRulesOf(edge.config);
    await request.transact(tx => askRefund(tx, request.params.id, wish, rules, { requestId, trace }));
    return { status: 200, body: initiated };
  },
});

async function askRefund(
  tx: Transaction,
  orderId: string,
  wish: RefundWish & { askedBy: string },
  rules: OrderRules,
  cause: OrderCause,
): Promise<void> {
  const order = (await getOrderOfParty(tx, wish.askedBy, orderId)) && (await lockOrder(tx, orderId));
  if (!order) throw new Fault('not_found', 'There is no such order.');
  if (order.status === 'completed') {
    if (!(await isWithinDays(tx, order.paidAt)))
      throw new Fault('conflict', `An order can be refunded within ${days} days of its payment.`, {
        reason: 'refund_too_late',
      });
    if (await beginRefund(tx, order, wish, rules, cause)) return;
  }
  const [refund] = await listStandingRefunds(tx, [orderId]);
  if (refund && refund.status !== 'failed')
    throw new Fault('conflict', 'A refund of this order is under way or done.', { reason: 'already_refunded' });
  throw new Fault('conflict', `An order that is ${order.status.replaceAll('_', ' ')} can't be refunded.`, {
    reason: 'order_not_refundable',
  });
}

/** By the database's clock, as every time is. */
async function isWithinDays(tx: Transaction, paidAt: Date | null): Promise<boolean> {
  const { now } = await tx.one<{ now: Date }>('select now() as now');
  return paidAt !== null && now.getTime() - paidAt.getTime() <= days * 86_400_000;
}

export const refundRoutes: readonly Route[] = [create];
