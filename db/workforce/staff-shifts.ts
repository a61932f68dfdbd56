import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import { Fault } from '../../shared/fault.ts';
import type { Transaction } from '../connect.ts';
import {
  insertAssignment,
  lockOwnAssignment,
  moveAssignment,
  type OwnShift,
  putIntoPool,
  type HeldAssignment,
} from './assignments.ts';
import type { WorkCause } from './notifications.ts';
import { tellSwapTaken } from './shift-notices.ts';
import {
  countPlaces,
  followPlaces,
  getWantedRole,
  lockShift,
  lockTime,
  noSuchShift,
  shiftFull,
  takePlace,
  type WantedRole,
} from './shift-places.ts';

export interface Application extends OwnShift {
  roleId: string;
  /** The worker wants the place at once, where the role allows that. */
  instantBook: boolean;
}

/** How an applicant gets what they asked for: a free place, that of somebody who asks to be replaced, or a place in the queue. */
type Way = 'place' | 'swap' | 'queue';

/**
 * Applies for a place. A free one is taken at once where the role allows that and the worker wants it; else one whose
 * worker asks to be replaced; else the application waits for the client. Answers the assignment's id. Throws `Fault`:
 * `not_found`; `conflict` with `SHIFT_NOT_OPEN`, `ALREADY_APPLIED`, `SHIFT_OVERLAP`, `SHIFT_FULL`.
 */
export async function applyToShift(tx: Transaction, application: Application, cause: WorkCause): Promise<string> {
  const { tenantId, staffId, roleId, instantBook } = application;
  // Judged before anything is held, too: of two hundred who want the last place, most need not wait for each other.
  wayOf(await getWantedRole(tx, application), instantBook);
  const orderId = await lockShift(tx, application);
  await lockTime(tx, application);
  const role = await getWantedRole(tx, application);
  const way = wayOf(role, instantBook);
  if (way === 'queue') return insertAssignment(tx, { tenantId, roleId, staffId, status: 'PENDING', replacesId: null });
  if (way === 'place') await takePlace(tx, application);
  else await takeOver(tx, { tenantId, id: role.swapId as string }, cause);
  const replacesId = way === 'swap' ? role.swapId : null;
  const id = await insertAssignment(tx, { tenantId, roleId, staffId, status: 'ASSIGNED', replacesId });
  await followPlaces(tx, application, orderId);
  return id;
}

/** The place stays counted: one goes, another comes. */
async function takeOver(tx: Transaction, swap: { tenantId: string; id: string }, cause: WorkCause): Promise<void> {
  // The job that gives swaps back does not hold the order: it may have been first.
  if (!(await moveAssignment(tx, swap, 'CANCELLED', ['SWAP_REQUESTED']))) throw shiftFull();
  await tellSwapTaken(tx, [swap.id], cause);
}

function wayOf(role: WantedRole, instantBook: boolean): Way {
  if (role.assignmentId !== null)
    throw new Fault('conflict', 'You have applied for this already.', { reason: 'ALREADY_APPLIED' });
  if (!role.live || role.begun)
    throw new Fault('conflict', 'This shift takes no applications any more.', { reason: 'SHIFT_NOT_OPEN' });
  if (role.busy)
    throw new Fault('conflict', 'You are booked for another shift at that time.', { reason: 'SHIFT_OVERLAP' });
  if (role.free && role.instantBook && instantBook) return 'place';
  if (role.swapId !== null) return 'swap';
  if (role.free) return 'queue';
  throw shiftFull();
}

/** ASSIGNED → ACCEPTED. Answers the assignment's id. Throws `Fault`: `not_found`; `conflict` with `NOT_ASSIGNED`, `SHIFT_OVER`. */
export async function acceptShift(tx: Transaction, own: OwnShift): Promise<string> {
  const mine = await holdOwn(tx, own, 'ACCEPTED');
  if (mine.status !== 'ASSIGNED') throw wrongStatus(mine, 'There is nothing for you to accept here.', 'NOT_ASSIGNED');
  if (mine.over) throw new Fault('conflict', 'This shift is over.', { reason: 'SHIFT_OVER' });
  await moveAssignment(tx, { tenantId: own.tenantId, id: mine.id }, 'ACCEPTED');
  return mine.id;
}

/** Says no, or takes an application back; a place becomes free. Throws `Fault`: `not_found`; `conflict` with `NOT_DECLINABLE`, `SHIFT_STARTED`. */
export async function declineShift(tx: Transaction, own: OwnShift): Promise<string> {
  const orderId = await lockShift(tx, own);
  const mine = await holdOwn(tx, own, 'DECLINED');
  const { status } = mine;
  if (status !== 'PENDING' && status !== 'ASSIGNED' && status !== 'ACCEPTED')
    throw wrongStatus(mine, 'There is nothing for you to decline here.', 'NOT_DECLINABLE');
  if (mine.begun) throw new Fault('conflict', 'This shift has begun.', { reason: 'SHIFT_STARTED' });
  await moveAssignment(tx, { tenantId: own.tenantId, id: mine.id }, 'DECLINED');
  if (status !== 'PENDING') {
    await countPlaces(tx, own);
    await followPlaces(tx, own, orderId);
  }
  return mine.id;
}

/** ACCEPTED → SWAP_REQUESTED. Throws `Fault`: `not_found`; `conflict` with `NOT_ACCEPTED`, `TOO_LATE_TO_SWAP`. */
export async function requestSwap(tx: Transaction, own: OwnShift, reason: string): Promise<string> {
  const mine = await holdOwn(tx, own, 'SWAP_REQUESTED');
  if (mine.status !== 'ACCEPTED')
    throw wrongStatus(mine, 'Only a shift that you have accepted can be swapped.', 'NOT_ACCEPTED');
  if (mine.pastSwapping)
    throw new Fault('conflict', 'A swap can be asked for until four hours before the start.', {
      reason: 'TOO_LATE_TO_SWAP',
    });
  await putIntoPool(tx, { tenantId: own.tenantId, id: mine.id, reason });
  return mine.id;
}

async function holdOwn(tx: Transaction, own: OwnShift, to: AssignmentStatus): Promise<HeldAssignment> {
  const mine = await lockOwnAssignment(tx, own, to);
  if (!mine) throw noSuchShift();
  return mine;
}

function wrongStatus({ status }: HeldAssignment, message: string, reason: string): Fault {
  return new Fault('conflict', message, { reason, details: { status } });
}
