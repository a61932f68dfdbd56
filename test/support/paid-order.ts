import { completeOrder, type InsertedTransfer } from '../../db/marketplace/complete-order.ts';
import { captureOrder, insertOrder } from '../../db/marketplace/orders.ts';
import type { Transaction } from '../../db/connect.ts';
import { orderRulesOf } from '../../db/marketplace/order-rules.ts';
import { readConfig } from '../../shared/config.ts';

export interface PaidOrder {
  buyerId: string;
  currency: string;
  /** Gross amounts of whole lines, in cents. */
  lines: readonly { sellerId: string; title: string; quantity: number; grossCents: number }[];
  feeRate: number;
}

const rules = orderRulesOf(readConfig({}));

/** An order that has been paid, with its transfers, their jobs and its invoice, as the provider's word makes it. */
export async function insertPaidOrder(
  tx: Transaction,
  { lines, feeRate, ...facts }: PaidOrder,
  { retryEnabled, ...cause }: { requestId: string; retryEnabled: boolean },
): Promise<{ orderId: string; transfers: InsertedTransfer[] }> {
  const order = await insertOrder(tx, {
    ...facts,
    paymentMethod: 'card',
    idemKey: null,
    lines: lines.map(line => ({ ...line, productId: null, unitCents: line.grossCents / line.quantity, taxRate: 0.23 })),
  });
  if (!order) throw new Error('the order was not made');
  await captureOrder(tx, order.id, { capturedCents: order.totalCents, capturedCurrency: order.currency });
  const transfers = await completeOrder(tx, order, { ...rules, feeRate, retryEnabled }, cause);
  if (!transfers) throw new Error('the order was not completed');
  return { orderId: order.id, transfers };
}
