import { wallClock } from '../../shared/recurrence.ts';
import type { Transaction } from '../connect.ts';
import { noSuchHub, shareHub } from './hubs.ts';
import { checkDays, checkNotPast, daysOf, lastDayOf, type OrderDays } from './order-days.ts';
import { pricePositions } from './order-positions.ts';
import { insertOrder, type PositionWish } from './orders.ts';
import { insertShifts } from './shifts-write.ts';

export interface OrderWish extends OrderDays {
  tenantId: string;
  businessId: string;
  createdBy: string;
  hubId: string;
  /** Null: whose the roles are. */
  vendorId: string | null;
  eventName: string;
  positions: readonly PositionWish[];
}

export interface PlacedOrder {
  orderId: string;
  orderNumber: string;
  /** In the order of their days. */
  shiftIds: string[];
}

/**
 * Makes an order and its shifts, one a day, of a permanent order up to its horizon. Faults: `not_found` for a hub, vendor or
 * role of others; `unprocessable` for days that have gone or make no sense, and for roles of several vendors.
 */
export async function placeOrder(tx: Transaction, wish: OrderWish): Promise<PlacedOrder> {
  const { tenantId, businessId, hubId, startsOn } = wish;
  const hub = await shareHub(tx, { tenantId, businessId, hubId });
  if (!hub) throw noSuchHub();
  const { timeZone } = hub;
  const today = wallClock(timeZone).dayOf(hub.askedAt);
  checkNotPast(startsOn, today);
  checkDays(wish);
  const { vendorId, positions } = await pricePositions(tx, wish, wish.positions);
  const expandedTo = lastDayOf(wish, today);
  const order = await insertOrder(tx, { ...wish, vendorId, positions, expandedTo });
  const days = daysOf(wish, startsOn, expandedTo);
  const shiftIds = await insertShifts(tx, { id: order.id, tenantId, positions, timeZone }, days);
  return { orderId: order.id, orderNumber: order.orderNumber, shiftIds };
}
