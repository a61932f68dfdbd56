import { Fault } from '../../shared/fault.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { findOrderByKey, insertOrder, listOrderLines, type OrderLine, type OrderRow } from './orders.ts';

export interface Cart {
  buyerId: string;
  /** The same product twice counts together. */
  items: readonly { productId: string; quantity: number }[];
  paymentMethod: string;
  /** Of the request: sent again, it finds the order that it made. */
  idemKey: string | null;
}

interface Price {
  id: string;
  sellerId: string;
  title: string;
  priceCents: number;
  currency: string;
  taxRate: number;
}

/** A million in most currencies; what is sold here never costs more, and sums stay far below 2^53. */
const maxTotalCents = 100_000_000;
const maxQuantity = 1_000;

const pricesSql = sql('marketplace/products/prices');

/**
 * Makes an unpaid order of what is in a cart, at the prices of this moment: the client's idea of them is never asked for.
 * Faults: `not_found` for a product that isn't there, `unprocessable` for one's own product, for two currencies, for too much,
 * `idempotency_conflict` for a key under which something else was ordered.
 */
export async function placeOrder(tx: Transaction, cart: Cart): Promise<OrderRow> {
  const { buyerId, paymentMethod, idemKey } = cart;
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of cart.items)
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  const made = idemKey === null ? null : await findOrderByKey(tx, buyerId, idemKey);
  if (made) return sameOrder(tx, made, cart, quantities);
  const prices = await tx.any<Price>(pricesSql({ ids: [...quantities.keys()] }));
  const lines = linesOf(quantities, new Map(prices.map(price => [price.id, price])), buyerId);
  const [{ currency }] = prices as [Price];
  if (prices.some(price => price.currency !== currency))
    throw new Fault('unprocessable', 'An order has one currency.', { reason: 'mixed_currencies' });
  if (lines.reduce((sum, line) => sum + line.grossCents, 0) > maxTotalCents)
    throw new Fault('unprocessable', 'The order is too large.', {
      reason: 'order_too_large',
      details: { maxTotalCents },
    });
  const order = await insertOrder(tx, { buyerId, currency, paymentMethod, lines, idemKey });
  // Nobody else has made one under the key: its lease is ours. One that is left is of a run that died.
  const earlier = order ?? (idemKey === null ? null : await findOrderByKey(tx, buyerId, idemKey));
  if (!earlier) throw new Error('an order was neither made nor found');
  return order ?? sameOrder(tx, earlier, cart, quantities);
}

/** The order that the key has made, if it is what the cart asks for: nobody is to pay for another one unawares. */
async function sameOrder(
  tx: Transaction,
  order: OrderRow,
  { paymentMethod }: Cart,
  quantities: ReadonlyMap<string, number>,
): Promise<OrderRow> {
  const lines = await listOrderLines(tx, [order.id]);
  const same =
    order.paymentMethod === paymentMethod &&
    lines.length === quantities.size &&
    lines.every(line => line.productId !== null && line.quantity === quantities.get(line.productId));
  if (same) return order;
  throw new Fault('idempotency_conflict', 'This Idempotency-Key was used for another order.', {
    reason: 'idempotency_conflict',
  });
}

function linesOf(
  quantities: ReadonlyMap<string, number>,
  prices: ReadonlyMap<string, Price>,
  buyerId: string,
): OrderLine[] {
  return [...quantities].map(([productId, quantity]) => {
    const price = prices.get(productId);
    const details = { product_id: productId };
    if (!price) throw new Fault('not_found', 'There is no such product.', { reason: 'product_not_found', details });
    if (price.sellerId === buyerId)
      throw new Fault('unprocessable', 'You cannot buy your own product.', { reason: 'own_product', details });
    if (quantity > maxQuantity)
      throw new Fault('unprocessable', `At most ${maxQuantity} of one product.`, {
        reason: 'quantity_too_large',
        details,
      });
    const { sellerId, title, priceCents: unitCents, taxRate } = price;
    return { productId, sellerId, title, quantity, unitCents, grossCents: unitCents * quantity, taxRate };
  });
}
