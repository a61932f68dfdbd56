import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export type OrderType = 'ONE_TIME' | 'RECURRING' | 'PERMANENT';
export type OrderStatus = 'DRAFT' | 'OPEN' | 'FILLED' | 'ACTIVE' | 'COMPLETED' | 'CANCELLED';

/** So many workers of one kind, at one time of day (`HH:MM`, local). */
export interface PositionWish {
  /** Of the vendor's kind of work. */
  roleId: string;
  workersNeeded: number;
  startTime: string;
  endTime: string;
  lunchBreakMinutes: number;
  paidBreak: boolean;
  instantBook: boolean;
}

/** With the name and the hourly rates (cents) of the moment at which it was ordered: they stay those of its shifts to come. */
export interface Position extends PositionWish {
  name: string;
  rateCents: number;
  payRateCents: number;
  marketRateCents: number;
}

export interface NewOrder {
  tenantId: string;
  businessId: string;
  hubId: string;
  vendorId: string;
  type: OrderType;
  eventName: string;
  /** Days (`yyyy-mm-dd`) are those at the hub. */
  startsOn: string;
  /** Null: it goes on. */
  endsOn: string | null;
  /** ISO: Monday is 1; empty for a single day. */
  weekDays: number[];
  positions: Position[];
  /** Shifts have been made up to this day. */
  expandedTo: string;
  /** For how many days ahead a permanent order has shifts. */
  horizonDays: number | null;
  createdBy: string;
}

export interface OrderRow extends Omit<NewOrder, 'createdBy'> {
  id: string;
  orderNumber: string;
  status: OrderStatus;
  cancelReason: string | null;
  createdAt: Date;
  updatedAt: Date;
  /** The hub's. */
  timeZone: string;
  /** The transaction's moment, by the database's clock. */
  askedAt: Date;
}

/** An order, and whose it is. */
export interface OwnedOrder {
  tenantId: string;
  businessId: string;
  orderId: string;
}

const takeNumberSql = sql('workforce/order-numbers/take');
const insertSql = sql('workforce/orders/insert');
const lockSql = sql('workforce/orders/lock');
const getSql = sql('workforce/orders/get');
const updateSql = sql('workforce/orders/update');
const cancelSql = sql('workforce/orders/cancel');
const expandedSql = sql('workforce/orders/expanded');
const listExpandingSql = sql('workforce/orders/list-expanding');

/** Writes an order under its tenant's next number, `ORD-000123`. */
export async function insertOrder(tx: Transaction, order: NewOrder): Promise<{ id: string; orderNumber: string }> {
  const { lastNumber } = await tx.one<{ lastNumber: number }>(takeNumberSql({ tenantId: order.tenantId }));
  const named = { id: uuidV7(), orderNumber: `ORD-${String(lastNumber).padStart(6, '0')}` };
  await tx.one(insertSql({ ...order, ...named, positions: JSON.stringify(order.positions) }));
  return named;
}

/**
 * Locks an order: until the transaction ends nothing else edits, cancels or expands it, nor books or frees a place in its
 * shifts. Null if the business has no such order.
 */
export function lockOrder(tx: Transaction, owned: OwnedOrder): Promise<OrderRow | null> {
  return tx.oneOrNone<OrderRow>(lockSql({ ...owned }));
}

export function getOrder(db: Connection, owned: OwnedOrder): Promise<OrderRow | null> {
  return db.oneOrNone<OrderRow>(getSql({ ...owned }));
}

/** Keeps what an edit changed. */
export async function updateOrder(tx: Transaction, order: OrderRow): Promise<void> {
  const { id, tenantId, eventName, startsOn, endsOn, weekDays, expandedTo } = order;
  const positions = JSON.stringify(order.positions);
  await tx.one(updateSql({ id, tenantId, eventName, startsOn, endsOn, weekDays, positions, expandedTo }));
}

/** False if the order is cancelled already, or over. */
export async function markOrderCancelled(
  tx: Transaction,
  order: { tenantId: string; id: string; reason: string },
): Promise<boolean> {
  return (await tx.oneOrNone(cancelSql(order))) !== null;
}

/** Notes up to which day shifts have been made. */
export async function markOrderExpanded(
  tx: Transaction,
  order: { tenantId: string; id: string; expandedTo: string },
): Promise<void> {
  await tx.one(expandedSql(order));
}

/** Permanent orders that may lack shifts before their horizon, of all tenants, by id. */
export async function listExpandingOrders(
  db: Connection,
  page: { now: Date; afterId: string | null; limit: number },
): Promise<OwnedOrder[]> {
  const rows = await db.any<{ id: string; tenantId: string; businessId: string }>(listExpandingSql({ ...page }));
  return rows.map(({ id: orderId, ...owner }) => ({ ...owner, orderId }));
}
