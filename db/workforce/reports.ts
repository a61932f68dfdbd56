import { bookedStatuses } from '../../shared/assignment-state.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { BusinessKey } from './business-key.ts';
import { cameStatuses } from './coverage.ts';

/** Local dates, both included. */
export interface DateRange {
  startDate: string;
  endDate: string;
}

/** What was ordered for a day, cancelled shifts aside. */
export interface DayDemand {
  date: string;
  shifts: number;
  /** Places. */
  needed: number;
  /** Paid ones, and what they cost, if every place is filled. */
  plannedMinutes: number;
  plannedCents: number;
}

/** How the places of a day's shifts fared. */
export interface DayTurnout {
  date: string;
  /** With a worker who has not dropped out or failed to come. */
  confirmed: number;
  came: number;
  /** Came, and have gone again. */
  completed: number;
  /** Of those who came. */
  late: number;
  noShows: number;
}

/** What was worked, by one of three: the day, the kind of work, the hub; the other two are null. */
export interface SpendRow {
  date: string | null;
  category: string | null;
  hubId: string | null;
  hubName: string | null;
  minutes: number;
  amountCents: number;
  savingCents: number;
}

export interface HubOps {
  hubId: string;
  hubName: string;
  shifts: number;
  needed: number;
  confirmed: number;
  came: number;
  late: number;
  noShows: number;
  minutes: number;
  amountCents: number;
}

/** Of a worker; null for all together, also those who always came. */
export interface NoShowRow {
  staffId: string | null;
  fullName: string | null;
  /** Came, or should have. */
  due: number;
  noShows: number;
  lastDate: string | null;
}

// Planned at each run: a plan that suits any range would suit neither a day nor a year.
const demandSql = sql('workforce/reports/demand', { replan: true });
const turnoutSql = sql('workforce/reports/turnout', { replan: true });
const spendSql = sql('workforce/reports/spend', { replan: true });
const dailyOpsSql = sql('workforce/reports/daily-ops', { replan: true });
const noShowsSql = sql('workforce/reports/no-shows', { replan: true });
const ratingsSql = sql('workforce/reports/ratings', { replan: true });

export function listDemand(db: Connection, business: BusinessKey, range: DateRange): Promise<DayDemand[]> {
  return db.any<DayDemand>(demandSql({ ...business, ...range }));
}

export function listTurnout(db: Connection, business: BusinessKey, range: DateRange): Promise<DayTurnout[]> {
  return db.any<DayTurnout>(turnoutSql({ ...business, ...range, booked: bookedStatuses, came: cameStatuses }));
}

/** By the local date on which each worker's own time began. */
export function listSpend(db: Connection, business: BusinessKey, range: DateRange): Promise<SpendRow[]> {
  return db.any<SpendRow>(spendSql({ ...business, ...range }));
}

export function listDailyOps(db: Connection, business: BusinessKey, date: string): Promise<HubOps[]> {
  return db.any<HubOps>(dailyOpsSql({ ...business, date, booked: bookedStatuses, came: cameStatuses }));
}

/** First all together, then at most `limit` workers who did not come, most often first. */
export async function listNoShows(
  db: Connection,
  business: BusinessKey,
  range: DateRange,
  limit: number,
): Promise<{ all: NoShowRow; workers: NoShowRow[] }> {
  const due = [...cameStatuses, 'NO_SHOW'];
  const rows = await db.many<NoShowRow>(noShowsSql({ ...business, ...range, due, limit: limit + 1 }));
  const [all, ...workers] = rows as [NoShowRow, ...NoShowRow[]];
  return { all, workers };
}

export function getRatings(
  db: Connection,
  business: BusinessKey,
  range: DateRange,
): Promise<{ reviews: number; average: number | null }> {
  return db.one(ratingsSql({ ...business, ...range }));
}
