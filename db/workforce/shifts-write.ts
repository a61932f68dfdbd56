import { type AssignmentStatus, assignmentStatusesBefore } from '../../shared/assignment-state.ts';
import { type WallClock, wallClock } from '../../shared/recurrence.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { OrderRow, Position } from './orders.ts';

/** What of an order its shifts are made from. */
export type ShiftsOrder = Pick<OrderRow, 'id' | 'tenantId' | 'positions' | 'timeZone'>;

/** A shift that is still to begin. */
export interface FutureShift {
  id: string;
  date: string;
  /** The number of a position → how many places of it are booked. */
  booked: Record<string, number>;
}

/** A shift as its client sees it in an order. */
export interface OrderShiftRow {
  id: string;
  date: string;
  startsAt: Date;
  endsAt: Date;
  status: string;
  workersNeeded: number;
  workersBooked: number;
}

/** Somebody who has an assignment in a shift of a day: a row for each of these. */
export interface AssignedPerson {
  userId: string;
  date: string;
}

/** When a shift of a day is, and each of its roles. */
export interface ShiftPlan {
  shiftId: string;
  date: string;
  startsAt: Date;
  endsAt: Date;
  roles: { positionNo: number; startsAt: Date; endsAt: Date }[];
}

interface ShiftsOf {
  tenantId: string;
  shiftIds: readonly string[];
}

const insertSql = sql('workforce/shifts/insert');
const putRolesSql = sql('workforce/shift-roles/put');
const setTimesSql = sql('workforce/shifts/set-times');
const listFutureSql = sql('workforce/shifts/list-future');
const listDatesSql = sql('workforce/shifts/list-dates');
const listOfOrderSql = sql('workforce/shifts/list-of-order');
const cancelShiftsSql = sql('workforce/shifts/cancel');
const cancelAssignmentsSql = sql('workforce/assignments/cancel-all');
const followRolesSql = sql('workforce/assignments/follow-roles');
const listPeopleSql = sql('workforce/assignments/list-people');
const lockStaffSql = sql('workforce/staff/lock-of-shifts');
const countAllPlacesSql = sql('workforce/shift-roles/count-all-places');
const followAllPlacesSql = sql('workforce/shifts/follow-all-places');

/** Those of whom something is still to come: told when it changes, cancelled when it falls away. */
const live: readonly AssignmentStatus[] = assignmentStatusesBefore('CANCELLED');

/** When each of some shifts is: it lasts from the earliest start of its roles to the latest end. */
export function planShifts(
  { positions, timeZone }: Pick<ShiftsOrder, 'positions' | 'timeZone'>,
  shifts: readonly { id: string; date: string; booked?: FutureShift['booked'] }[],
): ShiftPlan[] {
  const clock = wallClock(timeZone);
  return shifts.map(({ id, date, booked = {} }) => {
    const roles = positions.flatMap((position, index) => rolesOf(clock, date, position, index + 1, booked));
    const needed = roles.filter(role => role.needed);
    const startsAt = new Date(Math.min(...needed.map(role => role.startsAt.getTime())));
    const endsAt = new Date(Math.max(...needed.map(role => role.endsAt.getTime())));
    return { shiftId: id, date, startsAt, endsAt, roles };
  });
}

/** None of a position that nobody is needed for, unless the shift has it already. */
function rolesOf(
  clock: WallClock,
  date: string,
  position: Position,
  positionNo: number,
  booked: FutureShift['booked'],
) {
  const needed = position.workersNeeded > 0;
  return needed || positionNo in booked ? [{ positionNo, needed, ...clock.spanOf(date, position) }] : [];
}

/** Makes an order's shifts of some days, one a day. Answers their ids, in that order. */
export async function insertShifts(tx: Transaction, order: ShiftsOrder, days: readonly string[]): Promise<string[]> {
  const plans = planShifts(
    order,
    days.map(date => ({ id: uuidV7(), date })),
  );
  if (plans.length === 0) return [];
  await tx.many(insertSql({ tenantId: order.tenantId, orderId: order.id, ...timesOf(plans) }));
  await putRoles(tx, order, plans);
  return plans.map(plan => plan.shiftId);
}

/** Brings shifts, their roles and who has been assigned to them to the order's positions. Breaks `assignments_overlap` for somebody who is elsewhere then. */
export async function replanShifts(tx: Transaction, order: ShiftsOrder, plans: readonly ShiftPlan[]): Promise<void> {
  if (plans.length === 0) return;
  const { tenantId } = order;
  const shiftIds = plans.map(plan => plan.shiftId);
  await tx.any(lockStaffSql({ tenantId, shiftIds, live }));
  await tx.many(setTimesSql({ tenantId, ...timesOf(plans) }));
  await putRoles(tx, order, plans);
  await tx.any(followRolesSql({ tenantId, shiftIds, live }));
}

async function putRoles(tx: Transaction, order: ShiftsOrder, plans: readonly ShiftPlan[]): Promise<void> {
  const roles = plans.flatMap(plan => plan.roles.map(role => ({ ...role, shiftId: plan.shiftId })));
  await tx.many(
    putRolesSql({
      tenantId: order.tenantId,
      orderId: order.id,
      ids: roles.map(() => uuidV7()),
      shiftIds: roles.map(role => role.shiftId),
      positionNos: roles.map(role => role.positionNo),
      startsAt: roles.map(role => role.startsAt),
      endsAt: roles.map(role => role.endsAt),
    }),
  );
}

function timesOf(plans: readonly ShiftPlan[]) {
  return {
    ids: plans.map(plan => plan.shiftId),
    dates: plans.map(plan => plan.date),
    startsAt: plans.map(plan => plan.startsAt),
    endsAt: plans.map(plan => plan.endsAt),
  };
}

/** An order's shifts that are still to begin, by the database's clock, the next one first. */
export function listFutureShifts(
  db: Connection,
  { tenantId, orderId }: { tenantId: string; orderId: string },
): Promise<FutureShift[]> {
  return db.any<FutureShift>(listFutureSql({ tenantId, orderId }));
}

/** The days, from one on, on which an order has a shift that isn't cancelled. */
export async function listShiftDates(
  db: Connection,
  { tenantId, orderId, from }: { tenantId: string; orderId: string; from: string },
): Promise<Set<string>> {
  const rows = await db.any<{ date: string }>(listDatesSql({ tenantId, orderId, from }));
  return new Set(rows.map(row => row.date));
}

/** An order's shifts from a day on, cancelled ones too. */
export function listOrderShifts(
  db: Connection,
  { tenantId, orderId, from, limit }: { tenantId: string; orderId: string; from: string; limit: number },
): Promise<OrderShiftRow[]> {
  return db.any<OrderShiftRow>(listOfOrderSql({ tenantId, orderId, from, limit }));
}

/** Cancels shifts that are still to begin, with every assignment to them. Answers whose these were. */
export async function cancelShifts(tx: Transaction, shifts: ShiftsOf): Promise<AssignedPerson[]> {
  if (shifts.shiftIds.length === 0) return [];
  const { tenantId, shiftIds } = shifts;
  const people = await tx.any<AssignedPerson>(cancelAssignmentsSql({ tenantId, shiftIds, from: live, emptied: false }));
  await tx.any(countAllPlacesSql({ tenantId, shiftIds }));
  await tx.any(cancelShiftsSql({ tenantId, ids: shiftIds }));
  return people;
}

/** Cancels what was applied for in roles that nobody is needed for any more. Answers whose that was. */
export function cancelEmptied(tx: Transaction, { tenantId, shiftIds }: ShiftsOf): Promise<AssignedPerson[]> {
  return tx.any<AssignedPerson>(cancelAssignmentsSql({ tenantId, shiftIds, from: live, emptied: true }));
}

/** Who has something to come in these shifts. */
export function listAssignedPeople(db: Connection, { tenantId, shiftIds }: ShiftsOf): Promise<AssignedPerson[]> {
  return db.any<AssignedPerson>(listPeopleSql({ tenantId, shiftIds, live }));
}

/** Brings the statuses of shifts up to what has become of their places. */
export async function followAllPlaces(tx: Transaction, { tenantId, shiftIds }: ShiftsOf): Promise<void> {
  await tx.any(followAllPlacesSql({ tenantId, ids: shiftIds }));
}
