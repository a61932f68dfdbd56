import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const advanceSql = sql('core/schedules/advance');
const listSql = sql('core/schedules/list');
const pauseSql = sql('core/schedules/pause');

export interface ScheduleRow {
  name: string;
  /** Null: paused before it ever fired. */
  lastSlot: Date | null;
  paused: boolean;
}

/** Moves a schedule on to a slot. True for exactly one caller per slot: insert the slot's jobs in the same transaction. */
export async function advanceSchedule(db: Connection, name: string, slot: Date): Promise<boolean> {
  return (await db.oneOrNone(advanceSql({ name, slot }))) !== null;
}

export function listSchedules(db: Connection): Promise<ScheduleRow[]> {
  return db.any<ScheduleRow>(listSql());
}

/** The ticker lets a paused schedule's slots pass. */
export async function pauseSchedule(db: Connection, name: string, paused: boolean): Promise<void> {
  await db.one(pauseSql({ name, paused }));
}
