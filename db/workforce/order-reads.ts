import { bookedStatuses } from '../../shared/assignment-state.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { BusinessKey } from './business-key.ts';
import type { OrderStatus, OrderType, Position } from './orders.ts';

export const orderTypes = ['ONE_TIME', 'RECURRING', 'PERMANENT'] as const satisfies OrderType[];
export const orderStatuses = [
  'DRAFT',
  'OPEN',
  'FILLED',
  'ACTIVE',
  'COMPLETED',
  'CANCELLED',
] as const satisfies OrderStatus[];
export const shiftStatuses = ['OPEN', 'FILLED', 'ACTIVE', 'COMPLETED', 'CANCELLED'] as const;

/** A shift with the names of what it belongs to. */
export interface OrderedShift {
  id: string;
  orderId: string;
  orderNumber: string;
  orderType: OrderType;
  orderStatus: OrderStatus;
  eventName: string;
  hubId: string;
  hubName: string;
  vendorId: string | null;
  vendorName: string | null;
  /** At the hub. */
  date: string;
  startsAt: Date;
  endsAt: Date;
  status: (typeof shiftStatuses)[number];
  /** `startsAt` to the microsecond: a Date would lose what lies between two milliseconds. */
  sortedAt: string;
}

export interface ShiftRole {
  id: string;
  shiftId: string;
  name: string;
  /** Of an hour, for the client. */
  rateCents: number;
  workersNeeded: number;
  /** Places with a worker who has not dropped out. */
  workersConfirmed: number;
  startsAt: Date;
  endsAt: Date;
  lunchBreakMinutes: number;
  paidBreak: boolean;
  instantBook: boolean;
}

export interface RepeatableOrder {
  id: string;
  orderNumber: string;
  type: OrderType;
  eventName: string;
  hubId: string;
  hubName: string;
  vendorId: string | null;
  vendorName: string | null;
  startsOn: string;
  endsOn: string | null;
  positions: Position[];
  createdAt: Date;
}

export interface OrderPreview extends RepeatableOrder {
  /** False once the hub is deleted. */
  hubOpen: boolean;
  timeZone: string;
  /** ISO: Monday is 1; empty for a single day. */
  weekDays: number[];
}

/** A kind of work that is still offered, at its rate of now. */
export interface OfferedRole {
  id: string;
  name: string;
  rateCents: number;
}

/** Where a page of shifts goes on. */
export interface ShiftPlace {
  date: string;
  sortedAt: string;
  id: string;
}

const shiftsSql = sql('workforce/order-reads/shifts', { replan: true });
const rolesSql = sql('workforce/order-reads/roles');
const reordersSql = sql('workforce/order-reads/reorders', { replan: true });
const previewSql = sql('workforce/order-reads/preview');
const priceSql = sql('workforce/vendor-roles/price');

/** Orders older than so many newer ones are not proposed again: it bounds what a busy business makes us read. */
const newestOrders = 1_000;

/** The shifts of some local dates, both included, by time; `days` null: of today, at each hub by its own clock. */
export function listOrderedShifts(
  db: Connection,
  business: BusinessKey,
  wanted: {
    days: { startDate: string; endDate: string } | null;
    /** Whether cancelled ones are wanted too. */
    cancelled: boolean;
    after: ShiftPlace | null;
    limit: number;
  },
): Promise<OrderedShift[]> {
  const { days, cancelled, after, limit } = wanted;
  return db.any<OrderedShift>(
    shiftsSql({
      ...business,
      startDate: days?.startDate ?? null,
      endDate: days?.endDate ?? null,
      cancelled,
      afterDate: after?.date ?? null,
      afterAt: after?.sortedAt ?? null,
      afterId: after?.id ?? null,
      limit,
    }),
  );
}

/** The roles of some of the tenant's shifts. */
export function listShiftRoles(
  db: Connection,
  { tenantId }: { tenantId: string },
  shiftIds: readonly string[],
): Promise<ShiftRole[]> {
  return db.any<ShiftRole>(rolesSql({ tenantId, shiftIds, booked: bookedStatuses }));
}

/** What was ordered lately, each thing once, newest first. */
export function listRepeatableOrders(
  db: Connection,
  business: BusinessKey,
  page: { afterId: string | null; limit: number },
): Promise<RepeatableOrder[]> {
  return db.any<RepeatableOrder>(reordersSql({ ...business, ...page, newest: newestOrders }));
}

export function getOrderPreview(db: Connection, business: BusinessKey, orderId: string): Promise<OrderPreview | null> {
  return db.oneOrNone<OrderPreview>(previewSql({ ...business, orderId }));
}

/** Those of some kinds of work that are still offered. */
export function listOfferedRoles(
  db: Connection,
  { tenantId }: { tenantId: string },
  ids: readonly string[],
): Promise<OfferedRole[]> {
  return db.any<OfferedRole>(priceSql({ tenantId, ids }));
}
