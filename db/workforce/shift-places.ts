import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import { Fault } from '../../shared/fault.ts';
import { swapClosesBeforeMs, swapLastsMs } from '../../shared/swap-window.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/*
 * The places of a shift, and who may hold them. Everything that takes or frees one holds the shift's order first, then the
 * worker whose time it takes: so counts and statuses are read as they will stay, and nobody waits in a circle.
 */

export interface ShiftKey {
  tenantId: string;
  shiftId: string;
}

/** What decides whether a worker can have a place in a role. */
export interface WantedRole {
  id: string;
  shiftId: string;
  businessId: string;
  startsAt: Date;
  endsAt: Date;
  instantBook: boolean;
  /** The shift is neither cancelled nor completed. */
  live: boolean;
  begun: boolean;
  over: boolean;
  /** A place is left. */
  free: boolean;
  /** The assignment of somebody else who asks to be replaced, and may still be. */
  swapId: string | null;
  /** The worker's own, if it still counts. */
  assignmentId: string | null;
  assignmentStatus: AssignmentStatus | null;
  /** The worker is booked elsewhere, or here, at that time. */
  busy: boolean;
}

const lockOrderSql = sql('workforce/shifts/lock-order');
const lockTimeSql = sql('workforce/staff/lock-time');
const wantedRoleSql = sql('workforce/shift-roles/get-for-applicant');
const takePlaceSql = sql('workforce/shift-roles/take-place');
const countPlacesSql = sql('workforce/shift-roles/count-places');
const followPlacesSql = sql('workforce/shifts/follow-places');
const followShiftsSql = sql('workforce/orders/follow-shifts');

/** Holds a shift's order. Answers the order's id. Throws `Fault('not_found')`. */
export async function lockShift(tx: Transaction, { tenantId, shiftId }: ShiftKey): Promise<string> {
  const order = await tx.oneOrNone<{ id: string }>(lockOrderSql({ tenantId, shiftId }));
  if (!order) throw noSuchShift();
  return order.id;
}

/** Holds a worker's time. Throws `Fault('not_found')`. */
export async function lockTime(
  tx: Transaction,
  { tenantId, staffId }: { tenantId: string; staffId: string },
): Promise<void> {
  if (!(await tx.oneOrNone(lockTimeSql({ tenantId, staffId }))))
    throw new Fault('not_found', 'There is no such worker.', { reason: 'STAFF_NOT_FOUND' });
}

/** A role of a shift as one worker sees it. Throws `Fault('not_found')`. */
export async function getWantedRole(
  db: Connection,
  wanted: ShiftKey & { roleId: string; staffId: string },
): Promise<WantedRole> {
  const { tenantId, shiftId, roleId, staffId } = wanted;
  const window = { closesBeforeMs: swapClosesBeforeMs, lastsMs: swapLastsMs };
  const role = await db.oneOrNone<WantedRole>(wantedRoleSql({ tenantId, shiftId, roleId, staffId, ...window }));
  if (!role) throw noSuchShift();
  return role;
}

/** Throws `Fault('conflict')` if every place of the role is taken. */
export async function takePlace(
  tx: Transaction,
  { tenantId, roleId }: { tenantId: string; roleId: string },
): Promise<void> {
  if (!(await tx.oneOrNone(takePlaceSql({ tenantId, roleId })))) throw shiftFull();
}

/** Counts a shift's places anew, after some have been given up. */
export async function countPlaces(tx: Transaction, { tenantId, shiftId }: ShiftKey): Promise<void> {
  await tx.any(countPlacesSql({ tenantId, shiftId }));
}

/** Brings the statuses of a shift and its order up to what has become of the shift's places. */
export async function followPlaces(tx: Transaction, { tenantId, shiftId }: ShiftKey, orderId: string): Promise<void> {
  if (await tx.oneOrNone(followPlacesSql({ tenantId, shiftId }))) await followShifts(tx, { tenantId, orderId });
}

/** Brings an order's status up to what has become of its shifts. */
export async function followShifts(
  tx: Transaction,
  { tenantId, orderId }: { tenantId: string; orderId: string },
): Promise<void> {
  await tx.oneOrNone(followShiftsSql({ tenantId, orderId }));
}

export function noSuchShift(): Fault {
  return new Fault('not_found', 'There is no such shift.', { reason: 'SHIFT_NOT_FOUND' });
}

export function shiftFull(): Fault {
  return new Fault('conflict', 'Every place is taken.', { reason: 'SHIFT_FULL' });
}
