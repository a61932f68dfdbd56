import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { raiseAlert } from '../../../db/core/alerts.ts';
import { getOwnOrder, listOwnOrders, moveOrder, notePayment, type OrderRow } from '../../../db/marketplace/orders.ts';
import { placeOrder } from '../../../db/marketplace/place-order.ts';
import { Fault } from '../../../shared/fault.ts';
import { HyperswitchFailure, type HyperswitchPort, type ProviderPayment } from '../../../shared/ports/hyperswitch.ts';
import { defineRoute, type Route } from '../../route.ts';
import { orderSchema, viewOrders } from '../order-view.ts';
import { pageQuery } from '../page-query.ts';

const buyers = ['marketplace:user'] as const;

const orderBody = z.strictObject({
  items: z
    .array(z.strictObject({ product_id: z.uuid(), quantity: z.int().min(1).max(1_000) }))
    .min(1)
    .max(100),
  payment_method: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a word such as "card"')
    .default('card'),
});

const paymentSchema = z.strictObject({
  id: z.string(),
  client_secret: z.string().nullable().describe('With which the buyer confirms the payment in the browser'),
  status: z.string().describe("The provider's own word"),
});

const create = defineRoute({
  method: 'POST',
  path: '/api/v1/marketplace/orders',
  summary: 'Order, and begin to pay',
  description:
    'Prices are the catalogue’s at this moment. The order is `pending` until the payment provider says by webhook that it was paid; one that is unpaid for 24 hours expires. If the provider cannot be reached the answer is 503: with an `Idempotency-Key`, sending the same again finds the same order.',
  roles: buyers,
  idempotency: 'honoured',
  idempotencyRecord: 'lease',
  secretAnswer: true,
  limitPerMinute: 60,
  body: orderBody,
  faults: ['not_found'],
  response: {
    201: z.strictObject({
      order: orderSchema.pick({ id: true, status: true, total_cents: true, currency: true, items: true }),
      payment: paymentSchema,
    }),
  },
  async handler(request) {
    const { actor, body, db, edge, idempotencyKey: idemKey, signal, traceparent } = request;
    const order = await request.transact(tx =>
      placeOrder(tx, {
        buyerId: actor!.id,
        items: body.items.map(item => ({ productId: item.product_id, quantity: item.quantity })),
        paymentMethod: body.payment_method,
        idemKey,
      }),
    );
    // Asked for again a day later: nobody is to begin to pay for what is no longer there.
    if (order.status === 'expired')
      throw new Fault('conflict', 'The order has expired unpaid.', { reason: 'order_expired' });
    const payment = await beginPayment(edge, order, { signal, ...(traceparent === null ? {} : { traceparent }) });
    const [view] = await viewOrders(db, [order]);
    const { id, total_cents, currency, items } = view!;
    return {
      status: 201,
      headers: { location: `/api/v1/marketplace/orders/${id}` },
      body: {
        order: { id, status: order.status, total_cents, currency, items },
        payment: { id: payment.paymentId, client_secret: payment.clientSecret, status: payment.status },
      },
    };
  },
});

/** Makes the order's payment, or finds it where an earlier request made it: its id is derived from the order's. */
async function beginPayment(
  edge: { db: Database; ports: { hyperswitch: HyperswitchPort } },
  order: OrderRow,
  call: { signal: AbortSignal; traceparent?: string },
): Promise<ProviderPayment> {
  const { id, paymentId, totalCents: amountCents, currency, paymentMethod: method } = order;
  if (paymentId === null) throw new TypeError(`order ${id} is not to be paid through the provider`);
  try {
    const request = { paymentId, amountCents, currency, method, metadata: { order_id: id } };
    const payment = await edge.ports.hyperswitch.createPayment({ ...request, ...call });
    // One that was found again may have got further than that.
    if (payment.state === 'open') await notePayment(edge.db, id, 'open');
    return payment;
  } catch (error) {
    if (!(error instanceof HyperswitchFailure)) throw error;
    if (error.outcome === 'refused') {
      await edge.db.tx(async tx => {
        await notePayment(tx, id, 'failed');
        await moveOrder(tx, id, 'failed');
      });
      throw new Fault('unprocessable', 'The payment provider refuses this payment.', {
        reason: 'payment_refused',
        cause: error,
      });
    }
    if (error.outcome !== 'retry') {
      const kind = error.outcome === 'mismatch' ? 'payment_mismatch' : 'provider_misconfigured';
      await raiseAlert(edge.db, { kind, subject: id, details: { code: error.code, status: error.status } });
    }
    throw new Fault('unavailable', 'The payment provider cannot be reached now.', {
      reason: 'provider_unavailable',
      retryAfterS: 5,
      cause: error,
    });
  }
}

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/marketplace/orders',
  summary: "The buyer's own orders",
  description: 'Newest first.',
  roles: buyers,
  idempotency: 'none',
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ orders: z.array(orderSchema), total: z.int() }) },
  async handler({ actor, db, query }) {
    const { orders, total } = await listOwnOrders(db, actor!.id, query);
    return { status: 200, body: { orders: await viewOrders(db, orders), total } };
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/marketplace/orders/:id',
  summary: 'One order of the buyer',
  roles: buyers,
  idempotency: 'none',
  params: z.object({ id: z.uuid() }),
  response: { 200: orderSchema },
  async handler({ actor, db, params }) {
    const order = await getOwnOrder(db, actor!.id, params.id);
    if (!order) throw new Fault('not_found', 'There is no such order.');
    const [view] = await viewOrders(db, [order]);
    return { status: 200, body: view };
  },
});

export const orderRoutes: readonly Route[] = [create, list, show];
