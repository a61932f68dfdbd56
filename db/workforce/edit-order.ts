import { Fault } from '../../shared/fault.ts';
import { wallClock } from '../../shared/recurrence.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { brokenConstraint, type Transaction } from '../connect.ts';
import type { WorkCause } from './notifications.ts';
import { checkDays, checkNotPast, daysOf, lastDayOf, orderInPast } from './order-days.ts';
import { noticeCancelled, noticeEdited } from './order-notices.ts';
import { changePositions, type PositionChange, pricePositions } from './order-positions.ts';
import { lockOrder, type OrderRow, type OwnedOrder, updateOrder } from './orders.ts';
import { followShifts } from './shift-places.ts';
import {
  cancelEmptied,
  cancelShifts,
  followAllPlaces,
  type FutureShift,
  insertShifts,
  listAssignedPeople,
  listFutureShifts,
  listShiftDates,
  planShifts,
  replanShifts,
} from './shifts-write.ts';

/** What is to be other than it was. */
export interface OrderChange {
  eventName?: string | undefined;
  /** Of a single day. */
  orderDate?: string | undefined;
  /** Of a series; null lets a permanent one go on. */
  endDate?: string | null | undefined;
  /** Of a series. ISO: Monday is 1. */
  weekDays?: number[] | undefined;
  positions?: readonly PositionChange[] | undefined;
}

/**
 * Changes an order and its shifts that are still to begin; those that have begun stay as they are. Everybody assigned to the
 * changed ones is told, once. Throws `Fault`: `not_found`; `unprocessable` for what makes no sense; `conflict` with
 * `INVALID_ORDER_STATE`, `NO_FUTURE_SHIFTS`, `WORKERS_ALREADY_BOOKED` where fewer would be needed than have a place, and
 * `SHIFT_OVERLAP` where somebody is elsewhere at the new time.
 */
export async function editOrder(
  tx: Transaction,
  owned: OwnedOrder,
  change: OrderChange,
  cause: WorkCause,
): Promise<void> {
  const before = await lockOrder(tx, owned);
  if (!before) throw new Fault('not_found', 'There is no such order.', { reason: 'ORDER_NOT_FOUND' });
  const { id: orderId, tenantId, status } = before;
  if (status === 'CANCELLED' || status === 'COMPLETED')
    throw new Fault('conflict', `The order is ${status}.`, { reason: 'INVALID_ORDER_STATE', details: { status } });
  const today = wallClock(before.timeZone).dayOf(before.askedAt);
  const after = await changeOrder(tx, before, change, today);
  const future = await listFutureShifts(tx, { tenantId, orderId });
  if (future.length === 0 && after.type === 'ONE_TIME')
    throw new Fault('conflict', 'The order has begun.', { reason: 'NO_FUTURE_SHIFTS' });
  await updateOrder(tx, after);
  const { kept, dropped, missing } = await compareDays(tx, { before, after, future, today });
  checkBooked(after, kept, dropped);
  const keptIds = kept.map(shift => shift.id);
  const event = { order: after, eventId: uuidV7() };
  const gone = await cancelShifts(tx, { tenantId, shiftIds: dropped.map(shift => shift.id) });
  if (change.positions || change.orderDate !== undefined) {
    await replan(tx, after, kept);
    gone.push(...(await cancelEmptied(tx, { tenantId, shiftIds: keptIds })));
  }
  await noticeCancelled(tx, event, gone, cause);
  await noticeEdited(tx, event, await listAssignedPeople(tx, { tenantId, shiftIds: keptIds }), cause);
  await insertShifts(tx, after, missing);
  await followAllPlaces(tx, { tenantId, shiftIds: keptIds });
  await followShifts(tx, { tenantId, orderId });
}

/** The order as it is to be. */
async function changeOrder(tx: Transaction, before: OrderRow, change: OrderChange, today: string): Promise<OrderRow> {
  const { eventName, orderDate, endDate, weekDays, positions } = change;
  const single = before.type === 'ONE_TIME';
  if (single ? endDate !== undefined || weekDays : orderDate !== undefined)
    throw new Fault('unprocessable', `An order of type ${before.type} has no such field.`, {
      reason: 'WRONG_ORDER_TYPE',
    });
  if (before.type === 'RECURRING' && endDate === null)
    throw new Fault('unprocessable', 'A recurring order has an end.', { reason: 'INVALID_RANGE' });
  if (orderDate !== undefined) checkNotPast(orderDate, today);
  if (endDate) checkNotPast(endDate, today);
  const after = {
    ...before,
    eventName: eventName ?? before.eventName,
    startsOn: orderDate ?? before.startsOn,
    endsOn: orderDate ?? (endDate === undefined ? before.endsOn : endDate),
    weekDays: weekDays ?? before.weekDays,
  };
  checkDays(after);
  if (positions) {
    const { kept, added } = changePositions(before.positions, positions);
    const priced = added.length > 0 ? await pricePositions(tx, before, added) : { positions: [] };
    after.positions = [...kept, ...priced.positions];
  }
  return { ...after, expandedTo: lastDayOf(after, today) };
}

/**
 * Which shifts to come stay, which fall away, and on which days one is missing: those that the order did not have before, from
 * tomorrow on. A single day's shift moves with its order.
 */
async function compareDays(
  tx: Transaction,
  {
    before,
    after,
    future,
    today,
  }: { before: OrderRow; after: OrderRow; future: readonly FutureShift[]; today: string },
): Promise<{ kept: FutureShift[]; dropped: FutureShift[]; missing: string[] }> {
  if (after.type === 'ONE_TIME')
    return { kept: future.map(shift => ({ ...shift, date: after.startsOn })), dropped: [], missing: [] };
  const daysFromToday = (order: OrderRow) => new Set(daysOf(order, today, order.expandedTo ?? today));
  const [had, wanted] = [daysFromToday(before), daysFromToday(after)];
  const there = await listShiftDates(tx, { tenantId: after.tenantId, orderId: after.id, from: today });
  return {
    kept: future.filter(shift => wanted.has(shift.date)),
    dropped: future.filter(shift => !wanted.has(shift.date)),
    missing: [...wanted].filter(day => day > today && !had.has(day) && !there.has(day)),
  };
}

/** Throws `Fault('conflict')` where more workers have a place than would be needed. */
function checkBooked({ positions }: OrderRow, kept: readonly FutureShift[], dropped: readonly FutureShift[]): void {
  const shifts = [
    ...kept.map(shift => ({ shift, positions })),
    ...dropped.map(shift => ({ shift, positions: [] as OrderRow['positions'] })),
  ];
  for (const { shift, positions: wanted } of shifts) {
    for (const [positionNo, workersBooked] of Object.entries(shift.booked)) {
      if (workersBooked <= (wanted[Number(positionNo) - 1]?.workersNeeded ?? 0)) continue;
      throw new Fault('conflict', 'More workers are booked than would be needed.', {
        reason: 'WORKERS_ALREADY_BOOKED',
        details: { shiftId: shift.id, date: shift.date, positionNo: Number(positionNo), workersBooked },
      });
    }
  }
}

async function replan(tx: Transaction, order: OrderRow, kept: readonly FutureShift[]): Promise<void> {
  const plans = planShifts(order, kept);
  const begun = plans.find(plan => plan.startsAt <= order.askedAt);
  if (begun) throw orderInPast({ date: begun.date, startsAt: begun.startsAt.toISOString() });
  try {
    await replanShifts(tx, order, plans);
  } catch (error) {
    if (brokenConstraint(error) !== 'assignments_overlap') throw error;
    throw new Fault('conflict', 'A worker who is booked has another shift at the new time.', {
      reason: 'SHIFT_OVERLAP',
      cause: error,
    });
  }
}
