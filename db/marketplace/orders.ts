import type { OrderStatus } from '../../shared/order-state.ts';
import { orderStatusesBefore } from '../../shared/order-state.ts';
import { providerIdOf } from '../../shared/provider-id.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** What the provider last said of an order's payment; `none`: it is not known to have it. */
export type PaymentState = 'none' | 'open' | 'succeeded' | 'failed' | 'cancelled';

/** Amounts in cents, currencies as upper-case ISO codes. */
export interface OrderRow {
  id: string;
  buyerId: string;
  status: OrderStatus;
  currency: string;
  totalCents: number;
  transferGroup: string;
  paymentMethod: string;
  /** At the provider; null in an order that was never to be paid through it. */
  paymentId: string | null;
  paymentState: PaymentState;
  capturedCents: number | null;
  capturedCurrency: string | null;
  paidAt: Date | null;
  /** When the provider is to be asked; null when nothing is open. */
  checkAt: Date | null;
  createdAt: Date;
}

export interface OrderLine {
  /** Null where what was sold is no product of the catalogue. */
  productId: string | null;
  sellerId: string;
  title: string;
  quantity: number;
  unitCents: number;
  /** Of the whole line. */
  grossCents: number;
  /** Contained in the price: 0.23 is 23 %. */
  taxRate: number;
}

export interface OrderLineRow extends OrderLine {
  orderId: string;
  lineNo: number;
  sellerName: string;
}

export interface NewOrder {
  buyerId: string;
  currency: string;
  paymentMethod: string;
  lines: readonly OrderLine[];
  /** Of the request that makes it: the same one finds it again. */
  idemKey: string | null;
}

/** An unpaid order lives this long. */
export const unpaidForMs = 24 * 3_600_000;
/** An order or refund that has heard nothing for this long asks the provider. */
export const stuckAfterMs = 30 * 60_000;

const insertSql = sql('marketplace/orders/insert');
const findByKeySql = sql('marketplace/orders/find-by-key');
const getOwnSql = sql('marketplace/orders/get-own');
const getForPartySql = sql('marketplace/orders/get-for-party');
const listOwnSql = sql('marketplace/orders/list-own');
const countOwnSql = sql('marketplace/orders/count-own');
const lockSql = sql('marketplace/orders/lock');
const lockOfPaymentSql = sql('marketplace/orders/lock-of-payment');
const moveSql = sql('marketplace/orders/move');
const notePaymentSql = sql('marketplace/orders/note-payment');
const captureSql = sql('marketplace/orders/capture');
const takeUncheckedSql = sql('marketplace/orders/take-unchecked');
const checkLaterSql = sql('marketplace/orders/check-later');
const insertLinesSql = sql('marketplace/order-lines/insert');
const listLinesSql = sql('marketplace/order-lines/list');

/** Writes an unpaid order with its lines; null if the buyer has made one under the same key. */
export async function insertOrder(tx: Transaction, order: NewOrder): Promise<OrderRow | null> {
  const { lines, ...facts } = order;
  const id = uuidV7();
  const row = await tx.oneOrNone<OrderRow>(
    insertSql({
      ...facts,
      id,
      totalCents: lines.reduce((sum, line) => sum + line.grossCents, 0),
      transferGroup: `order_${id}`,
      paymentId: providerIdOf('pay', id),
      checkInMs: stuckAfterMs,
    }),
  );
  if (!row) return null;
  await tx.many(
    insertLinesSql({
      orderId: id,
      lineNos: lines.map((_, index) => index + 1),
      productIds: lines.map(line => line.productId),
      sellerIds: lines.map(line => line.sellerId),
      titles: lines.map(line => line.title),
      quantities: lines.map(line => line.quantity),
      unitCents: lines.map(line => line.unitCents),
      grossCents: lines.map(line => line.grossCents),
      taxRates: lines.map(line => line.taxRate),
    }),
  );
  return row;
}

export function findOrderByKey(db: Connection, buyerId: string, idemKey: string): Promise<OrderRow | null> {
  return db.oneOrNone<OrderRow>(findByKeySql({ buyerId, idemKey }));
}

export function getOwnOrder(db: Connection, buyerId: string, id: string): Promise<OrderRow | null> {
  return db.oneOrNone<OrderRow>(getOwnSql({ id, buyerId }));
}

/** The order, if the user bought it or sold something in it. */
export function getOrderOfParty(db: Connection, userId: string, id: string): Promise<OrderRow | null> {
  return db.oneOrNone<OrderRow>(getForPartySql({ id, userId }));
}

/** Newest first, with the number of all. */
export async function listOwnOrders(
  db: Connection,
  buyerId: string,
  page: { limit: number; offset: number },
): Promise<{ orders: OrderRow[]; total: number }> {
  const orders = await db.any<OrderRow>(listOwnSql({ buyerId, ...page }));
  const { total } = await db.one<{ total: number }>(countOwnSql({ buyerId }));
  return { orders, total };
}

/** The lines of some orders, in their order. */
export function listOrderLines(db: Connection, orderIds: readonly string[]): Promise<OrderLineRow[]> {
  return db.any<OrderLineRow>(listLinesSql({ orderIds }));
}

/** Locks an order for a change. Whoever needs its transfers too locks them afterwards, in the order of their ids. */
export function lockOrder(tx: Transaction, id: string): Promise<OrderRow | null> {
  return tx.oneOrNone<OrderRow>(lockSql({ id }));
}

export function lockOrderOfPayment(tx: Transaction, paymentId: string): Promise<OrderRow | null> {
  return tx.oneOrNone<OrderRow>(lockOfPaymentSql({ paymentId }));
}

/** Moves an order on, as drawn in shared/order-state.ts. False if its status does not admit that. */
export async function moveOrder(tx: Transaction, id: string, to: OrderStatus): Promise<boolean> {
  return (await tx.oneOrNone(moveSql({ id, to, from: orderStatusesBefore(to) }))) !== null;
}

/** Notes what the provider says of a payment that has not succeeded. */
export async function notePayment(
  tx: Connection,
  id: string,
  state: Exclude<PaymentState, 'succeeded'>,
): Promise<boolean> {
  return (await tx.oneOrNone(notePaymentSql({ id, state }))) !== null;
}

/** Notes that the money is here; false if that was noted before. */
export async function captureOrder(
  tx: Transaction,
  id: string,
  captured: { capturedCents: number | null; capturedCurrency: string | null },
): Promise<boolean> {
  return (await tx.oneOrNone(captureSql({ id, ...captured }))) !== null;
}

export interface UncheckedOrder {
  id: string;
  paymentId: string;
  /** Unpaid for longer than an order lives. */
  overdue: boolean;
}

/** Takes orders that are to ask the provider, for `leaseMs`: two who ask at once get different ones. */
export function takeUncheckedOrders(db: Connection, limit: number, leaseMs: number): Promise<UncheckedOrder[]> {
  return db.any<UncheckedOrder>(takeUncheckedSql({ limit, leaseMs, unpaidForMs }));
}

/** The provider says that nothing has happened yet: it is asked again later, at the latest when the order is to expire. */
export async function checkOrderLater(db: Connection, id: string): Promise<void> {
  await db.oneOrNone(checkLaterSql({ id, inMs: stuckAfterMs, unpaidForMs }));
}
