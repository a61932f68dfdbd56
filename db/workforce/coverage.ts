import { type AssignmentStatus, bookedStatuses } from '../../shared/assignment-state.ts';
import { lateAfterMs } from '../../shared/clock-in-policy.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { BusinessKey } from './business-key.ts';

/** Who has come to work, whether or not they have gone again. */
export const cameStatuses = ['CHECKED_IN', 'CHECKED_OUT', 'COMPLETED'] as const satisfies AssignmentStatus[];

/** Counted in places: a worker with two shifts on a day counts twice, as the places do. */
export interface CoverageStats {
  needed: number;
  /** Places with a worker who has not dropped out. */
  confirmed: number;
  checkedIn: number;
  /** Have accepted, and are neither there nor late. */
  enRoute: number;
  /** Came late, or should be there and are not. */
  late: number;
}

export interface PlacedWorker {
  assignmentId: string;
  roleId: string;
  staffId: string;
  fullName: string;
  status: AssignmentStatus;
  clockInAt: Date | null;
  clockOutAt: Date | null;
  cameLate: boolean;
  /** It is past the time at which they would have been on time. */
  overdue: boolean;
}

export interface CoreWorker {
  staffId: string;
  fullName: string;
  completedShifts: number;
  lastWorkedAt: Date;
  /** By this business, with one decimal; null without a review. */
  averageRating: number | null;
  favorite: boolean;
}

const statsSql = sql('workforce/coverage/stats', { replan: true });
const workersSql = sql('workforce/coverage/workers');
const coreTeamSql = sql('workforce/coverage/core-team', { replan: true });

/** Of one local date; null: of today, at each hub by its own clock. */
export function getCoverageStats(db: Connection, business: BusinessKey, date: string | null): Promise<CoverageStats> {
  return db.one<CoverageStats>(
    statsSql({ ...business, date, lateAfterMs, booked: bookedStatuses, came: cameStatuses }),
  );
}

/** Who has a place in some shifts of the business, and who never came to theirs. */
export function listPlacedWorkers(
  db: Connection,
  business: BusinessKey,
  shiftIds: readonly string[],
): Promise<PlacedWorker[]> {
  return db.any<PlacedWorker>(
    workersSql({ ...business, shiftIds, lateAfterMs, shown: [...bookedStatuses, 'NO_SHOW'] }),
  );
}

/** Who completed most shifts of the business in the last days, first. */
export function listCoreTeam(
  db: Connection,
  business: BusinessKey,
  page: { days: number; after: { completedShifts: number; staffId: string } | null; limit: number },
): Promise<CoreWorker[]> {
  const { days, after, limit } = page;
  return db.any<CoreWorker>(
    coreTeamSql({
      ...business,
      days,
      limit,
      afterCount: after?.completedShifts ?? null,
      afterId: after?.staffId ?? null,
    }),
  );
}
