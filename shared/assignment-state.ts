/**
 * The life of an assignment: a worker bound to a role of a shift.
 *
 *   PENDING ──▶ ASSIGNED ──▶ ACCEPTED ──▶ CHECKED_IN ──▶ CHECKED_OUT ──▶ COMPLETED
 *      │           │            │  ▲
 *      │           │            ▼  │ (untaken: given back)
 *      │           │      SWAP_REQUESTED ──▶ CANCELLED (taken by another)
 *      └───────────┴──▶ DECLINED (by the worker) · CANCELLED (by the client) · NO_SHOW (never came)
 *
 *   PENDING      applied for; takes neither a place nor the worker's time yet
 *   ASSIGNED     has a place; the worker is to say yes or no
 *   CHECKED_OUT  the attendance is closed; COMPLETED once its time card is billed
 */
export const assignmentStatuses = [
  'PENDING',
  'ASSIGNED',
  'ACCEPTED',
  'CHECKED_IN',
  'CHECKED_OUT',
  'COMPLETED',
  'DECLINED',
  'SWAP_REQUESTED',
  'CANCELLED',
  'NO_SHOW',
] as const;
export type AssignmentStatus = (typeof assignmentStatuses)[number];

export const assignmentMoves: Record<AssignmentStatus, readonly AssignmentStatus[]> = {
  PENDING: ['ASSIGNED', 'DECLINED', 'CANCELLED'],
  ASSIGNED: ['ACCEPTED', 'CHECKED_IN', 'DECLINED', 'CANCELLED', 'NO_SHOW'],
  ACCEPTED: ['CHECKED_IN', 'SWAP_REQUESTED', 'DECLINED', 'CANCELLED', 'NO_SHOW'],
  CHECKED_IN: ['CHECKED_OUT'],
  CHECKED_OUT: ['COMPLETED'],
  COMPLETED: [],
  DECLINED: [],
  SWAP_REQUESTED: ['ACCEPTED', 'CANCELLED'],
  CANCELLED: [],
  NO_SHOW: [],
};

/** Statuses that take a place of the role and the worker's time, as the schema counts them. */
export const bookedStatuses = [
  'ASSIGNED',
  'ACCEPTED',
  'CHECKED_IN',
  'CHECKED_OUT',
  'COMPLETED',
  'SWAP_REQUESTED',
] as const satisfies AssignmentStatus[];

/** The statuses that may become `to`: the guard of the update that makes the move. */
export function assignmentStatusesBefore(to: AssignmentStatus): AssignmentStatus[] {
  return assignmentStatuses.filter(from => assignmentMoves[from].includes(to));
}
