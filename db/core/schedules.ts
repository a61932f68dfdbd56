import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const advanceSql = sql('core/schedules/advance');
const listSql = sql('core/schedules/list');

export interface ScheduleRow {
  name: string;
  lastSlot: Date;
  paused: boolean;
}

/** Moves a schedule on to a slot. True for exactly one caller per slot: insert the slot's jobs in the same transaction. */
export async function advanceSchedule(db: Connection, name: string, slot: Date): Promise<boolean> {
  return (await db.oneOrNone(advanceSql({ name, slot }))) !== null;
}

export function listSchedules(db: Connection): Promise<ScheduleRow[]> {
  return db.any<ScheduleRow>(listSql());
}
