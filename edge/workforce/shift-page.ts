import { z } from 'zod';
import type { Connection } from '../../db/connect.ts';
import type { BusinessKey } from '../../db/workforce/business-key.ts';
import {
  listOrderedShifts,
  listShiftRoles,
  type OrderedShift,
  type ShiftRole,
} from '../../db/workforce/order-reads.ts';
import { cursorMoment, pageOf, readCursor } from '../page-cursor.ts';
import { calendarDay, type DayRange } from './day-range.ts';

const shiftCursor = z.tuple([calendarDay, cursorMoment, z.uuid()]);

export interface ShiftWithRoles {
  shift: OrderedShift;
  roles: ShiftRole[];
}

/** A page of the shifts of some local dates, by time, in two statements. `days` null: of today, at each hub by its own clock. */
export async function pageOfShifts(
  db: Connection,
  business: BusinessKey,
  wanted: { days: DayRange | null; cancelled: boolean; limit: number; cursor?: string | undefined },
): Promise<{ page: ShiftWithRoles[]; nextCursor: string | null }> {
  const { days, cancelled, limit, cursor } = wanted;
  const key = readCursor(cursor, shiftCursor);
  const after = key && { date: key[0], sortedAt: key[1], id: key[2] };
  const rows = await listOrderedShifts(db, business, { days, cancelled, after, limit: limit + 1 });
  const { page, nextCursor } = pageOf(rows, limit, ({ date, sortedAt, id }) => [date, sortedAt, id]);
  const ids = page.map(({ id }) => id);
  const roles = await listShiftRoles(db, business, ids);
  return { page: page.map(shift => ({ shift, roles: roles.filter(role => role.shiftId === shift.id) })), nextCursor };
}
