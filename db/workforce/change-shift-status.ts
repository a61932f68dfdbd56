import { assignmentStatusesBefore } from '../../shared/assignment-state.ts';
import { Fault } from '../../shared/fault.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { moveAllOfShift } from './assignments.ts';
import type { WorkCause } from './notifications.ts';
import { tellCancelled } from './shift-notices.ts';
import { countPlaces, followShifts, lockShift, noSuchShift, type ShiftKey } from './shift-places.ts';

/** What can be said of a shift; whether it is OPEN or FILLED, its places say. */
export const settableShiftStatuses = ['ACTIVE', 'COMPLETED', 'CANCELLED'] as const;
export type SettableShiftStatus = (typeof settableShiftStatuses)[number];

export type ShiftStatus = 'OPEN' | 'FILLED' | SettableShiftStatus;

interface ShiftStanding {
  businessId: string;
  status: ShiftStatus;
  begun: boolean;
  /** Somebody is clocked in. */
  present: boolean;
  /** Somebody has worked in it, or does. */
  worked: boolean;
}

const before: Record<SettableShiftStatus, readonly ShiftStatus[]> = {
  ACTIVE: ['OPEN', 'FILLED'],
  COMPLETED: ['OPEN', 'FILLED', 'ACTIVE'],
  CANCELLED: ['OPEN', 'FILLED', 'ACTIVE'],
};

const standingSql = sql('workforce/shifts/standing');
const moveSql = sql('workforce/shifts/move');

/**
 * Moves a shift on, with everybody in it and its order; one that stands so already stays. COMPLETED: who never came is a
 * NO_SHOW. CANCELLED: nobody may have begun to work; all are told. Throws `Fault`: `not_found`; `conflict` with
 * `SHIFT_NOT_STARTED`, `ATTENDANCE_OPEN`, `SHIFT_STARTED`, `WRONG_SHIFT_STATUS`.
 * @param shift.businessId whose shift it must be; null for somebody who acts for the whole tenant.
 */
export async function changeShiftStatus(
  tx: Transaction,
  shift: ShiftKey & { businessId: string | null },
  to: SettableShiftStatus,
  cause: WorkCause,
): Promise<void> {
  const { tenantId, shiftId, businessId } = shift;
  const orderId = await lockShift(tx, shift);
  const standing = await tx.one<ShiftStanding>(standingSql({ tenantId, shiftId }));
  if (businessId !== null && standing.businessId !== businessId) throw noSuchShift();
  if (standing.status === to) return;
  check(standing, to);
  if (!(await tx.oneOrNone(moveSql({ tenantId, shiftId, to, from: before[to] }))))
    throw new Fault('conflict', `A shift that is ${standing.status} does not become ${to}.`, {
      reason: 'WRONG_SHIFT_STATUS',
      details: { status: standing.status },
    });
  if (to === 'COMPLETED') {
    await moveAllOfShift(tx, shift, { from: assignmentStatusesBefore('NO_SHOW'), to: 'NO_SHOW' });
    // Whoever still waits for an answer, or for somebody to take over, waits for nothing.
    await moveAllOfShift(tx, shift, { from: ['PENDING', 'SWAP_REQUESTED'], to: 'CANCELLED' });
  }
  if (to === 'CANCELLED') {
    const ids = await moveAllOfShift(tx, shift, { from: assignmentStatusesBefore('CANCELLED'), to: 'CANCELLED' });
    await tellCancelled(tx, ids, cause);
  }
  if (to !== 'ACTIVE') await countPlaces(tx, shift);
  await followShifts(tx, { tenantId, orderId });
}

/** Somebody has come to work. */
export async function beginShift(tx: Transaction, { tenantId, shiftId }: ShiftKey, orderId: string): Promise<void> {
  const moved = await tx.oneOrNone(moveSql({ tenantId, shiftId, to: 'ACTIVE', from: before.ACTIVE }));
  if (moved) await followShifts(tx, { tenantId, orderId });
}

function check({ begun, present, worked }: ShiftStanding, to: SettableShiftStatus): void {
  if (to === 'COMPLETED' && !begun)
    throw new Fault('conflict', 'This shift has not begun.', { reason: 'SHIFT_NOT_STARTED' });
  if (to === 'COMPLETED' && present)
    throw new Fault('conflict', 'Somebody is still clocked in.', { reason: 'ATTENDANCE_OPEN' });
  if (to === 'CANCELLED' && worked)
    throw new Fault('conflict', 'Work in this shift has begun.', { reason: 'SHIFT_STARTED' });
}
