import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import type { ClockInMode } from '../../shared/clock-in-policy.ts';
import { swapClosesBeforeMs, swapLastsMs } from '../../shared/swap-window.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { ShiftStatus } from './change-shift-status.ts';
import { noSuchShift } from './shift-places.ts';
import type { OwnStaff } from './staff-profile.ts';

/** What and where a worker works. Days are those of the place. */
export interface WorkFacts {
  eventName: string;
  businessName: string;
  hubId: string;
  hubName: string;
  address: string;
  latitude: number | null;
  longitude: number | null;
  timeZone: string;
  date: string;
  startsAt: Date;
  endsAt: Date;
}

export interface RoleFacts extends WorkFacts {
  id: string;
  shiftId: string;
  roleName: string;
  payRateCents: number;
  lunchBreakMinutes: number;
  paidBreak: boolean;
}

/** A worker's own assignment, with all that they may know of it. */
export interface OwnAssignmentRow extends RoleFacts {
  status: AssignmentStatus;
  shiftRoleId: string;
  replacesId: string | null;
  swapReason: string | null;
  swapRequestedAt: Date | null;
  /** The day that it is there now. */
  today: string;
  now: Date;
  clockInMode: ClockInMode;
  radiusMeters: number;
  clockInAt: Date | null;
  clockOutAt: Date | null;
  late: boolean | null;
  /** Of the time card, once there is one. */
  minutes: number | null;
  payCents: number | null;
}

/** A role that a worker may apply to. */
export interface OpenRoleRow extends RoleFacts {
  instantBook: boolean;
  workersNeeded: number;
  placesLeft: number;
  /** How many ask to be replaced. */
  swaps: number;
}

export interface StaffShiftRow extends WorkFacts {
  id: string;
  status: ShiftStatus;
  clockInMode: ClockInMode;
  radiusMeters: number;
}

/** A place in a list by start. */
export interface ListPlace {
  id: string;
  startsAt: Date;
}

const describeOwnSql = sql('workforce/assignments/describe');
const pageComingSql = sql('workforce/assignments/page-coming');
const pageGoneSql = sql('workforce/assignments/page-gone');
const listNearSql = sql('workforce/assignments/list-near');
const ownOfShiftSql = sql('workforce/assignments/list-of-shift');
const describeRolesSql = sql('workforce/shift-roles/describe');
const pageOpenSql = sql('workforce/shift-roles/page-open');
const recommendedSql = sql('workforce/shift-roles/list-recommended');
const rolesOfShiftSql = sql('workforce/shift-roles/list-of-shift');
const shiftSql = sql('workforce/shifts/get-for-staff');

const first: ListPlace = { id: '00000000-0000-0000-0000-000000000000', startsAt: new Date(0) };
const last: ListPlace = { id: 'ffffffff-ffff-ffff-ffff-ffffffffffff', startsAt: new Date('9999-01-01T00:00:00Z') };
const swapWindow = { closesBeforeMs: swapClosesBeforeMs, lastsMs: swapLastsMs };

type Ids = readonly { id: string }[];

/** A worker's own assignments, in the order of their ids as given. */
export function describeAssignments(db: Connection, own: OwnStaff, rows: Ids): Promise<OwnAssignmentRow[]> {
  return db.any<OwnAssignmentRow>(describeOwnSql({ ...own, ids: rows.map(({ id }) => id) }));
}

/** One of a worker's own. */
export async function getOwnAssignment(db: Connection, own: OwnStaff, id: string): Promise<OwnAssignmentRow> {
  return db.one<OwnAssignmentRow>(describeOwnSql({ ...own, ids: [id] }));
}

/** What is not over yet, the soonest first; one more than `limit` where there is one. */
export async function listComing(
  db: Connection,
  own: OwnStaff,
  { statuses, after, limit }: { statuses: readonly AssignmentStatus[]; after: ListPlace | null; limit: number },
): Promise<OwnAssignmentRow[]> {
  const { startsAt: afterAt, id: afterId } = after ?? first;
  const rows = await db.any<ListPlace>(pageComingSql({ ...own, statuses, afterAt, afterId, limit: limit + 1 }));
  return describeAssignments(db, own, rows);
}

/** Whenever it was, the latest first; one more than `limit` where there is one. */
export async function listGone(
  db: Connection,
  own: OwnStaff,
  { statuses, after, limit }: { statuses: readonly AssignmentStatus[]; after: ListPlace | null; limit: number },
): Promise<OwnAssignmentRow[]> {
  const { startsAt: beforeAt, id: beforeId } = after ?? last;
  const rows = await db.any<ListPlace>(pageGoneSql({ ...own, statuses, beforeAt, beforeId, limit: limit + 1 }));
  return describeAssignments(db, own, rows);
}

/** Where a worker has a place today or tomorrow, or is at work now. */
export async function listNear(db: Connection, own: OwnStaff): Promise<OwnAssignmentRow[]> {
  const rows = await db.any<{ id: string }>(listNearSql({ ...own, statuses: placed }));
  return describeAssignments(db, own, rows);
}

/** Statuses in which a worker is expected, there, or has been. */
const placed: readonly AssignmentStatus[] = [
  'ASSIGNED',
  'ACCEPTED',
  'SWAP_REQUESTED',
  'CHECKED_IN',
  'CHECKED_OUT',
  'COMPLETED',
];

/** Roles that a worker may apply to and has the time for, the soonest first; one more than `limit` where there is one. */
export async function listOpenRoles(
  db: Connection,
  own: OwnStaff,
  { after, limit }: { after: ListPlace | null; limit: number },
): Promise<OpenRoleRow[]> {
  const { startsAt: afterAt, id: afterId } = after ?? first;
  const rows = await db.any<ListPlace>(pageOpenSql({ ...own, ...swapWindow, afterAt, afterId, limit: limit + 1 }));
  return describeRoles(db, own, rows);
}

/** The roles that suit a worker best in the next two weeks. */
export async function listRecommendedRoles(db: Connection, own: OwnStaff, limit: number): Promise<OpenRoleRow[]> {
  return describeRoles(db, own, await db.any<{ id: string }>(recommendedSql({ ...own, limit })));
}

/** A shift that a worker has a part in, or may apply to; with its roles, and the worker's assignments. Throws `Fault('not_found')`. */
export async function getShiftForStaff(
  db: Connection,
  own: OwnStaff,
  shiftId: string,
): Promise<{ shift: StaffShiftRow; roles: OpenRoleRow[]; assignments: OwnAssignmentRow[] }> {
  const { tenantId } = own;
  const roleIds = await db.any<{ id: string }>(rolesOfShiftSql({ ...own, shiftId }));
  if (roleIds.length === 0) throw noSuchShift();
  const shift = await db.one<StaffShiftRow>(shiftSql({ tenantId, shiftId }));
  const roles = await describeRoles(db, own, roleIds);
  const mine = await db.any<{ id: string }>(ownOfShiftSql({ ...own, shiftId }));
  return { shift, roles, assignments: await describeAssignments(db, own, mine) };
}

function describeRoles(db: Connection, own: OwnStaff, rows: Ids): Promise<OpenRoleRow[]> {
  return db.any<OpenRoleRow>(describeRolesSql({ ...own, ...swapWindow, ids: rows.map(({ id }) => id) }));
}
