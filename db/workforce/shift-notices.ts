import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { notifyAllStaff, type WorkCause } from './notifications.ts';

/** Somebody's assignment, in words. */
interface NoticeFacts {
  id: string;
  tenantId: string;
  userId: string;
  shiftId: string;
  shiftRoleId: string;
  swapRequestedAt: Date | null;
  roleName: string;
  hubName: string;
  date: string;
  /** `yyyy-mm-dd hh:mm`, at the hub. */
  localStart: string;
}

const listSql = sql('workforce/assignments/list-for-notice');

/** The client has given somebody a place. */
export function tellAssigned(tx: Transaction, assignmentIds: readonly string[], cause: WorkCause): Promise<void> {
  return tell(tx, assignmentIds, cause, facts => ({
    type: 'SHIFT_ASSIGNED',
    title: `You have a place: ${placeOf(facts)}`,
    body: `You have been booked as ${describe(facts)}. Please accept or decline it.`,
    onceKey: `shift-assigned:${facts.id}`,
  }));
}

export function tellCancelled(tx: Transaction, assignmentIds: readonly string[], cause: WorkCause): Promise<void> {
  return tell(tx, assignmentIds, cause, facts => ({
    type: 'SHIFT_CANCELLED',
    title: `Cancelled: ${placeOf(facts)}`,
    body: `The shift as ${describe(facts)} will not take place.`,
    onceKey: `shift-cancelled:${facts.id}`,
  }));
}

/** Somebody else has the place now. */
export function tellSwapTaken(tx: Transaction, assignmentIds: readonly string[], cause: WorkCause): Promise<void> {
  return tell(tx, assignmentIds, cause, facts => ({
    type: 'SWAP_TAKEN',
    title: `Your shift was taken over: ${placeOf(facts)}`,
    body: `Somebody else works as ${describe(facts)}. You need not come.`,
    onceKey: `swap-taken:${facts.id}`,
  }));
}

/** Nobody has taken it: the place is the worker's again. */
export function tellSwapReturned(tx: Transaction, assignmentIds: readonly string[], cause: WorkCause): Promise<void> {
  return tell(tx, assignmentIds, cause, facts => ({
    type: 'SWAP_RETURNED',
    title: `Nobody took your shift: ${placeOf(facts)}`,
    body: `Your swap has run out, and you are expected as ${describe(facts)}.`,
    // A swap may be asked for again.
    onceKey: `swap-returned:${facts.id}:${facts.swapRequestedAt?.getTime()}`,
  }));
}

async function tell(
  tx: Transaction,
  ids: readonly string[],
  cause: WorkCause,
  wordsOf: (facts: NoticeFacts) => { type: string; title: string; body: string; onceKey: string },
): Promise<void> {
  if (ids.length === 0) return;
  const all = await tx.any<NoticeFacts>(listSql({ ids }));
  const notices = all.map(facts => {
    const { id: assignmentId, tenantId, userId, shiftId, shiftRoleId: roleId, date } = facts;
    return { ...wordsOf(facts), tenantId, userId, data: { assignmentId, shiftId, roleId, date } };
  });
  await notifyAllStaff(tx, notices, cause);
}

function placeOf({ roleName, date }: NoticeFacts): string {
  return `${roleName}, ${date}`;
}

function describe({ roleName, hubName, localStart }: NoticeFacts): string {
  return `${roleName} at ${hubName} on ${localStart}`;
}
