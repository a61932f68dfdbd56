import { minorDigitsOf } from '../../shared/money.ts';
import type { Transaction } from '../connect.ts';
import { notify } from './notifications.ts';
import type { OrderLineRow, OrderRow } from './orders.ts';
import type { RefundRow } from './refunds.ts';

/** Tells the buyer that their order was paid, and each seller what they sold. */
export async function noticeSale(tx: Transaction, order: OrderRow, lines: readonly OrderLineRow[]): Promise<void> {
  const { id, buyerId, totalCents, currency } = order;
  const data = { order_id: id };
  await notify(tx, {
    userId: buyerId,
    type: 'order_paid',
    title: 'Your order is paid',
    body: `We have received ${moneyOf(totalCents, currency)}. The invoice is with the order.`,
    data,
    onceKey: `order_paid:${id}`,
  });
  for (const sellerId of new Set(lines.map(line => line.sellerId))) {
    const titles = lines.filter(line => line.sellerId === sellerId).map(line => `${line.quantity} × ${line.title}`);
    await notify(tx, {
      userId: sellerId,
      type: 'sale',
      title: 'You have sold something',
      body: `${titles.slice(0, 5).join(', ')}${titles.length > 5 ? ' and more' : ''}`,
      data,
      onceKey: `sale:${id}:${sellerId}`,
    });
  }
}

/** Tells the buyer how their refund has ended. */
export async function noticeRefund(
  tx: Transaction,
  { buyerId }: OrderRow,
  { id, orderId, amountCents, currency }: RefundRow,
  end: 'succeeded' | 'failed',
): Promise<void> {
  const amount = moneyOf(amountCents, currency);
  await notify(tx, {
    userId: buyerId,
    type: `refund_${end}`,
    title: end === 'succeeded' ? 'Your refund is on its way' : 'Your refund could not be paid',
    body:
      end === 'succeeded'
        ? `${amount} go back the way they came.`
        : `The payment provider could not send ${amount} back. You may ask again.`,
    data: { order_id: orderId, refund_id: id },
    onceKey: `refund_${end}:${id}`,
  });
}

function moneyOf(cents: number, currency: string): string {
  const digits = minorDigitsOf(currency);
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat('en', { style: 'currency', currency, ...decimals }).format(cents / 10 ** digits);
}
