import { Fault } from '../../shared/fault.ts';
import type { Transaction } from '../connect.ts';
import { insertAssignment, moveAssignment } from './assignments.ts';
import type { WorkCause } from './notifications.ts';
import { tellAssigned } from './shift-notices.ts';
import { followPlaces, getWantedRole, lockShift, lockTime, noSuchShift, takePlace } from './shift-places.ts';

export interface StaffAssignment {
  tenantId: string;
  /** Whose shift it must be; null for somebody who acts for the whole tenant. */
  businessId: string | null;
  shiftId: string;
  roleId: string;
  staffId: string;
}

/**
 * Gives a worker a place: by the client, or the tenant. Who has applied is moved on, anybody else gets a new assignment; either
 * way it is for the worker to accept, and they are told. Answers the assignment's id. Throws `Fault`: `not_found`; `conflict`
 * with `SHIFT_NOT_OPEN`, `ALREADY_ASSIGNED`, `SHIFT_OVERLAP`, `SHIFT_FULL`.
 */
export async function assignStaff(tx: Transaction, wanted: StaffAssignment, cause: WorkCause): Promise<string> {
  const { tenantId, businessId, roleId, staffId } = wanted;
  const orderId = await lockShift(tx, wanted);
  await lockTime(tx, wanted);
  const role = await getWantedRole(tx, wanted);
  if (businessId !== null && role.businessId !== businessId) throw noSuchShift();
  if (!role.live || role.over)
    throw new Fault('conflict', 'Nobody can be assigned to this shift any more.', { reason: 'SHIFT_NOT_OPEN' });
  if (role.assignmentStatus !== null && role.assignmentStatus !== 'PENDING')
    throw new Fault('conflict', 'This worker has a place in this role.', { reason: 'ALREADY_ASSIGNED' });
  if (role.busy) throw new Fault('conflict', 'This worker is booked at that time.', { reason: 'SHIFT_OVERLAP' });
  await takePlace(tx, wanted);
  const assignmentId =
    role.assignmentId ??
    (await insertAssignment(tx, { tenantId, roleId, staffId, status: 'ASSIGNED', replacesId: null }));
  if (role.assignmentId !== null) await moveAssignment(tx, { tenantId, id: assignmentId }, 'ASSIGNED');
  await followPlaces(tx, wanted, orderId);
  await tellAssigned(tx, [assignmentId], cause);
  return assignmentId;
}
