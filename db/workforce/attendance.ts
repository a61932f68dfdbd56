import {
  type ClockInMethod,
  decideClockIn,
  decideClockOut,
  isLate,
  type Presence,
} from '../../shared/clock-in-policy.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { brokenConstraint, type Connection, type Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { moveAssignment } from './assignments.ts';
import { beginShift } from './change-shift-status.ts';
import { admitted, checkMayClockIn, holdClockFacts, type OwnAssignment, policyOf } from './clock-facts.ts';
import { insertTimeCardLine, type TimeCardLine } from './time-cards.ts';

export interface AttendanceRow {
  id: string;
  assignmentId: string;
  status: 'OPEN' | 'CLOSED';
  clockInAt: Date;
  clockInMethod: ClockInMethod;
  clockInDistanceMeters: number | null;
  overrideReason: string | null;
  late: boolean;
  clockOutAt: Date | null;
  /** Null also where nothing was shown. */
  clockOutMethod: ClockInMethod | null;
  clockOutDistanceMeters: number | null;
  clockOutOverrideReason: string | null;
}

const insertSql = sql('workforce/attendance/insert');
const closeSql = sql('workforce/attendance/close');
const findOpenSql = sql('workforce/attendance/find-open');

/** Where a worker is clocked in; null if nowhere. */
export function findOpenAttendance(
  db: Connection,
  { tenantId, staffId }: { tenantId: string; staffId: string },
): Promise<AttendanceRow | null> {
  return db.oneOrNone<AttendanceRow>(findOpenSql({ tenantId, staffId }));
}

/**
 * Clocks a worker in, from an hour before the start to the end, where the policy of the shift, else of its hub, admits it.
 * Throws `Fault`: `not_found`; `conflict` with `ALREADY_CLOCKED_IN`, `NOT_ASSIGNED`, `CLOCK_IN_WINDOW`,
 * `ATTENDANCE_SESSION_EXISTS`; `forbidden` or `invalid` with the policy's refusal.
 */
export async function clockIn(tx: Transaction, own: OwnAssignment, presence: Presence): Promise<AttendanceRow> {
  const { orderId, facts } = await holdClockFacts(tx, own);
  checkMayClockIn(facts);
  const decision = admitted(decideClockIn(policyOf(facts), presence));
  const { method } = decision;
  const { position, overrideReason } = presence;
  const session = await onlySession(
    tx.one<AttendanceRow>(
      insertSql({
        ...own,
        id: uuidV7(),
        businessId: facts.businessId,
        method,
        latitude: position?.latitude ?? null,
        longitude: position?.longitude ?? null,
        accuracyMeters: position?.accuracyMeters ?? null,
        distanceMeters: decision.distanceMeters,
        overrideReason: method === 'OVERRIDE' ? overrideReason : null,
        late: isLate(facts.now, facts.startsAt),
      }),
    ),
  );
  await moveAssignment(tx, { tenantId: own.tenantId, id: own.assignmentId }, 'CHECKED_IN');
  await beginShift(tx, { tenantId: own.tenantId, shiftId: facts.shiftId }, orderId);
  return session;
}

/**
 * Clocks a worker out, and writes down what the time is worth. Throws `Fault`: `not_found`; `conflict` with `NOT_CLOCKED_IN`;
 * `forbidden` with the policy's refusal of what was shown.
 */
export async function clockOut(
  tx: Transaction,
  own: OwnAssignment,
  presence: Presence,
): Promise<{ session: AttendanceRow; line: TimeCardLine }> {
  const { facts } = await holdClockFacts(tx, own);
  if (facts.status !== 'CHECKED_IN') throw notClockedIn();
  const decision = admitted(decideClockOut(policyOf(facts), presence));
  const { method, distanceMeters } = decision;
  const overrideReason = method === 'OVERRIDE' ? presence.overrideReason : null;
  const session = await tx.oneOrNone<AttendanceRow>(closeSql({ ...own, method, distanceMeters, overrideReason }));
  if (!session) throw notClockedIn();
  await moveAssignment(tx, { tenantId: own.tenantId, id: own.assignmentId }, 'CHECKED_OUT');
  const { clockInAt, clockOutAt } = session as AttendanceRow & { clockOutAt: Date };
  const line = await insertTimeCardLine(tx, { ...facts, ...own, clockInAt, clockOutAt });
  return { session, line };
}

async function onlySession<T>(inserted: Promise<T>): Promise<T> {
  try {
    return await inserted;
  } catch (error) {
    if (brokenConstraint(error) !== 'attendance_open') throw error;
    throw new Fault('conflict', 'You are clocked in at another shift.', { reason: 'ATTENDANCE_SESSION_EXISTS' });
  }
}

function notClockedIn(): Fault {
  return new Fault('conflict', 'You are not clocked in at this shift.', { reason: 'NOT_CLOCKED_IN' });
}
