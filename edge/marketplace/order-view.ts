import { z } from 'zod';
import type { Connection } from '../../db/connect.ts';
import { listInvoiceLabels } from '../../db/core/invoices.ts';
import { listOrderLines, type OrderLineRow, type OrderRow } from '../../db/marketplace/orders.ts';
import { listStandingRefunds, type RefundRow } from '../../db/marketplace/refunds.ts';
import { orderStatuses } from '../../shared/order-state.ts';

const itemSchema = z.strictObject({
  product_id: z.uuid().nullable(),
  seller_id: z.uuid(),
  title: z.string(),
  quantity: z.int(),
  price_cents: z.int().describe('Of one, tax included, when it was ordered'),
  total_cents: z.int(),
  tax_rate: z.number(),
});

const refundSchema = z.strictObject({
  id: z.uuid(),
  status: z.enum(['pending', 'succeeded', 'failed']),
  amount_cents: z.int(),
  currency: z.string(),
  reason: z.string(),
  created_at: z.iso.datetime(),
  settled_at: z.iso.datetime().nullable(),
  credit_note_number: z.string().nullable(),
});

const invoiceSchema = z.strictObject({ number: z.string(), issued_at: z.iso.datetime(), url: z.string() });

/** An order as its buyer sees it. */
export const orderSchema = z.strictObject({
  id: z.uuid(),
  status: z.enum(orderStatuses),
  total_cents: z.int(),
  currency: z.string(),
  payment_method: z.string(),
  payment_status: z.enum(['none', 'open', 'succeeded', 'failed', 'cancelled']),
  paid_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  items: z.array(itemSchema),
  refund: refundSchema.nullable().describe('The one that was paid, else the latest'),
  invoice: invoiceSchema.nullable(),
});

export type OrderView = z.output<typeof orderSchema>;

/** Orders with all that hangs on them, in four queries however many they are. */
export async function viewOrders(db: Connection, orders: readonly OrderRow[]): Promise<OrderView[]> {
  if (orders.length === 0) return [];
  const ids = orders.map(({ id }) => id);
  const lines = await listOrderLines(db, ids);
  const refunds = new Map((await listStandingRefunds(db, ids)).map(refund => [refund.orderId, refund]));
  const invoices = await labelsOf(db, 'invoice', ids);
  const notes = await labelsOf(
    db,
    'credit_note',
    [...refunds.values()].map(({ id }) => id),
  );
  return orders.map(order => {
    const refund = refunds.get(order.id);
    const invoice = invoices.get(order.id);
    return {
      id: order.id,
      status: order.status,
      total_cents: order.totalCents,
      currency: order.currency,
      payment_method: order.paymentMethod,
      payment_status: order.paymentState,
      paid_at: order.paidAt?.toISOString() ?? null,
      created_at: order.createdAt.toISOString(),
      items: lines.filter(line => line.orderId === order.id).map(viewItem),
      refund: refund ? viewRefund(refund, notes.get(refund.id)?.label ?? null) : null,
      invoice: invoice
        ? {
            number: invoice.label,
            issued_at: invoice.createdAt.toISOString(),
            url: `/api/v1/marketplace/orders/${order.id}/invoice`,
          }
        : null,
    };
  });
}

function viewItem(line: OrderLineRow): z.output<typeof itemSchema> {
  return {
    product_id: line.productId,
    seller_id: line.sellerId,
    title: line.title,
    quantity: line.quantity,
    price_cents: line.unitCents,
    total_cents: line.grossCents,
    tax_rate: line.taxRate,
  };
}

function viewRefund(refund: RefundRow, creditNote: string | null): z.output<typeof refundSchema> {
  return {
    id: refund.id,
    status: refund.status,
    amount_cents: refund.amountCents,
    currency: refund.currency,
    reason: refund.reason,
    created_at: refund.createdAt.toISOString(),
    settled_at: refund.settledAt?.toISOString() ?? null,
    credit_note_number: creditNote,
  };
}

async function labelsOf(db: Connection, kind: 'invoice' | 'credit_note', subjects: readonly string[]) {
  const labels = await listInvoiceLabels(db, { area: 'marketplace', kind, subjects });
  return new Map(labels.map(label => [label.subject, label]));
}
