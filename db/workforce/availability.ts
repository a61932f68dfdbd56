import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

export const availabilityStatuses = ['AVAILABLE', 'UNAVAILABLE', 'PARTIAL'] as const;
export type AvailabilityStatus = (typeof availabilityStatuses)[number];

/** A time of a day, `hh:mm` on the worker's own clock; `24:00` ends the day. */
export interface TimeSlot {
  start: string;
  end: string;
}

/** What a worker says of a day. Without slots, it is said of the whole day. */
export interface AvailabilityRow {
  date: string;
  status: AvailabilityStatus;
  slots: TimeSlot[];
}

export interface OwnDays {
  tenantId: string;
  staffId: string;
  /** Both included. */
  startDate: string;
  endDate: string;
}

const listSql = sql('workforce/availability/list');
const setSql = sql('workforce/availability/set');
const setDaysSql = sql('workforce/availability/set-days');
const clearSql = sql('workforce/availability/clear');

/** The days that something has been said of, in their order. */
export function listAvailability(db: Connection, days: OwnDays): Promise<AvailabilityRow[]> {
  return db.any<AvailabilityRow>(listSql({ ...days }));
}

export function setAvailability(
  db: Connection,
  { tenantId, staffId }: { tenantId: string; staffId: string },
  { date, status, slots }: AvailabilityRow,
): Promise<AvailabilityRow> {
  return db.one<AvailabilityRow>(setSql({ tenantId, staffId, date, status, slots: JSON.stringify(slots) }));
}

/** Makes the given days of the week (ISO: Monday is 1) available, and the others of the range not. Answers how many were set. */
export async function setAvailableDays(db: Connection, days: OwnDays, weekDays: readonly number[]): Promise<number> {
  return (await db.any(setDaysSql({ ...days, weekDays }))).length;
}

/** Takes back what was said of these days. Answers of how many something had been. */
export async function clearAvailability(db: Connection, days: OwnDays): Promise<number> {
  return (await db.any(clearSql({ ...days }))).length;
}
