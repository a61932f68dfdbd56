import { z } from 'zod';
import { Fault } from '../../shared/fault.ts';
import { addDays, daysBetween, utcDay } from '../../shared/warranty.ts';

const maxDays = 366;

export const calendarDay = z.iso
  .date()
  .refine(day => day >= '2000-01-01' && day < '2200-01-01', 'must be from 2000 to 2199');

/** Of a query or body: both days included. */
export const dayRange = { startDate: calendarDay, endDate: calendarDay.describe('Included; at most 366 days in all') };

/** Of a query, where one may leave them out. */
export const recentDays = {
  startDate: calendarDay.optional().describe('30 days before the end unless given'),
  endDate: calendarDay.optional().describe('Included; today unless given, at most 366 days in all'),
};

export interface DayRange {
  startDate: string;
  endDate: string;
}

/** Throws `Fault('invalid')`: `INVALID_DATE_RANGE` for a range that ends before it begins, `RANGE_TOO_LONG`. */
export function checkDayRange(range: DayRange): DayRange {
  const days = daysBetween(range.startDate, range.endDate) + 1;
  if (days < 1) throw new Fault('invalid', 'endDate must not be before startDate.', { reason: 'INVALID_DATE_RANGE' });
  if (days > maxDays)
    throw new Fault('invalid', `From startDate to endDate there may be ${maxDays} days, both included.`, {
      reason: 'RANGE_TOO_LONG',
      details: { days, maxDays },
    });
  return range;
}

/** The range asked for, else the last days. Faults as above. */
export function recentRange(
  { startDate, endDate }: { startDate?: string | undefined; endDate?: string | undefined },
  now: Date,
): DayRange {
  // Somewhere it is tomorrow already.
  const end = endDate ?? addDays(utcDay(now), 1);
  return checkDayRange({ startDate: startDate ?? addDays(end, -30), endDate: end });
}
