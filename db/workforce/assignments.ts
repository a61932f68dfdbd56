import { type AssignmentStatus, assignmentStatusesBefore } from '../../shared/assignment-state.ts';
import { swapClosesBeforeMs } from '../../shared/swap-window.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** A worker's own part in a shift. */
export interface OwnShift {
  tenantId: string;
  staffId: string;
  shiftId: string;
}

export interface HeldAssignment {
  id: string;
  status: AssignmentStatus;
  begun: boolean;
  over: boolean;
  /** Too late for a swap. */
  pastSwapping: boolean;
}

export interface NewAssignment {
  tenantId: string;
  roleId: string;
  staffId: string;
  status: 'PENDING' | 'ASSIGNED';
  /** Whose place it takes over. */
  replacesId: string | null;
}

const insertSql = sql('workforce/assignments/insert');
const lockOwnSql = sql('workforce/assignments/lock-own');
const moveSql = sql('workforce/assignments/move');
const moveOfShiftSql = sql('workforce/assignments/move-of-shift');
const requestSwapSql = sql('workforce/assignments/request-swap');

/** Answers its id. Under the locks of `lockShift` and `lockTime`, which leave no constraint to break. */
export async function insertAssignment(tx: Transaction, assignment: NewAssignment): Promise<string> {
  const { id } = await tx.one<{ id: string }>(insertSql({ ...assignment, id: uuidV7() }));
  return id;
}

/** Holds the worker's assignment in a shift; one that may become `to`, if there are several. Null if there is none. */
export function lockOwnAssignment(
  tx: Transaction,
  own: OwnShift,
  to: AssignmentStatus,
): Promise<HeldAssignment | null> {
  const wanted = assignmentStatusesBefore(to);
  return tx.oneOrNone<HeldAssignment>(lockOwnSql({ ...own, wanted, closesBeforeMs: swapClosesBeforeMs }));
}

/** Moves an assignment on, as drawn in shared/assignment-state.ts, or only from some statuses. False if its status does not admit that. */
export async function moveAssignment(
  tx: Transaction,
  { tenantId, id }: { tenantId: string; id: string },
  to: AssignmentStatus,
  from: readonly AssignmentStatus[] = assignmentStatusesBefore(to),
): Promise<boolean> {
  return (await tx.oneOrNone(moveSql({ tenantId, id, to, from }))) !== null;
}

/** Puts an accepted place into the pool. False if its status does not admit that. */
export async function putIntoPool(
  tx: Transaction,
  swap: { tenantId: string; id: string; reason: string },
): Promise<boolean> {
  return (await tx.oneOrNone(requestSwapSql({ ...swap, from: assignmentStatusesBefore('SWAP_REQUESTED') }))) !== null;
}

/** Moves everybody in a shift who is in one of the statuses `from`. Answers the ids. */
export async function moveAllOfShift(
  tx: Transaction,
  { tenantId, shiftId }: { tenantId: string; shiftId: string },
  { from, to }: { from: readonly AssignmentStatus[]; to: AssignmentStatus },
): Promise<string[]> {
  const rows = await tx.any<{ id: string }>(moveOfShiftSql({ tenantId, shiftId, from, to }));
  return rows.map(({ id }) => id);
}
