import { Fault } from '../../shared/fault.ts';
import { recurringDays } from '../../shared/recurrence.ts';
import { addDays, daysBetween } from '../../shared/warranty.ts';
import type { NewOrder } from './orders.ts';

/** What of an order says on which days it has shifts. */
export type OrderDays = Pick<NewOrder, 'type' | 'startsOn' | 'endsOn' | 'weekDays' | 'horizonDays'>;

export const maxOrderDays = 366;

/** The last day up to which an order has shifts: of a permanent one, as many days from today on as its horizon counts. */
export function lastDayOf({ startsOn, endsOn, horizonDays }: OrderDays, today: string): string {
  if (horizonDays === null) return endsOn ?? startsOn;
  const horizon = addDays(startsOn > today ? startsOn : today, horizonDays - 1);
  return endsOn !== null && endsOn < horizon ? endsOn : horizon;
}

/** The days, from a day to another, on which an order has a shift. */
export function daysOf({ type, startsOn, weekDays }: OrderDays, from: string, to: string): string[] {
  if (type === 'ONE_TIME') return startsOn >= from && startsOn <= to ? [startsOn] : [];
  return recurringDays(startsOn > from ? startsOn : from, to, weekDays);
}

/** Throws `Fault('unprocessable')` for an end before the start, for too long a time, and for days that never come. */
export function checkDays(order: OrderDays): void {
  const { type, startsOn, endsOn, weekDays } = order;
  if (endsOn === null) return;
  if (endsOn < startsOn)
    throw new Fault('unprocessable', 'The order ends before it starts.', { reason: 'INVALID_RANGE' });
  if (type === 'PERMANENT') return;
  if (daysBetween(startsOn, endsOn) >= maxOrderDays)
    throw new Fault('unprocessable', `An order lasts ${maxOrderDays} days at most.`, { reason: 'RANGE_TOO_LONG' });
  if (type === 'RECURRING' && recurringDays(startsOn, endsOn, weekDays).length === 0)
    throw new Fault('unprocessable', 'None of these days of the week comes in that time.', { reason: 'NO_DAYS' });
}

/** The order begins today or later, by the hub's calendar. Throws `Fault('unprocessable')` otherwise. */
export function checkNotPast(day: string, today: string): void {
  if (day < today) throw orderInPast({ today });
}

export function orderInPast(details: Record<string, unknown>): Fault {
  return new Fault('unprocessable', 'An order is for today or later, at the hub.', {
    reason: 'ORDER_IN_PAST',
    details,
  });
}
