import { uuidV7 } from '../../shared/uuid.ts';
import { addDays } from '../../shared/warranty.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { insertAssignment, putIntoPool } from './assignments.ts';
import { cancelOrder } from './cancel-order.ts';
import type { DemoTenant } from './demo-tenant.ts';
import { insertDemoPlaces, type StoredRole } from './demo-places.ts';
import { planDemoWork } from './demo-work.ts';
import type { WorkCause } from './notifications.ts';
import { placeOrder } from './place-order.ts';
import { countPlaces, followShifts } from './shift-places.ts';
import { followAllPlaces } from './shifts-write.ts';

/** Of the staff, in the cast's order: with work behind them, and time for what is to come. */
export const demoIdleStaff = 2;

/** A swap is open for so long, and may not be asked for shortly before the work. */
const laterMs = 26 * 3_600_000;

const listRolesSql = sql('workforce/demo-tenant/list-roles');
const beginShiftsSql = sql('workforce/demo-tenant/begin-shifts');
const countAllPlacesSql = sql('workforce/shift-roles/count-all-places');

/** Gives the demo's shifts to its staff: who came, and when, what it is worth, and what is still to come. */
export async function workDemoShifts(tx: Transaction, tenant: DemoTenant, now: Date): Promise<void> {
  const { id: tenantId, staff } = tenant;
  const roles = await tx.many<StoredRole>(listRolesSql({ tenantId }));
  const staffIds = staff.map(worker => worker.staffId);
  const places = planDemoWork(roles, staffIds, { idle: demoIdleStaff, now }).map(place => ({
    ...place,
    id: uuidV7(Math.min(place.role.startsAt.getTime(), now.getTime())),
  }));
  await insertDemoPlaces(tx, tenant, places);
  const shiftIds = [...new Set(roles.map(role => role.shiftId))];
  await tx.any(countAllPlacesSql({ tenantId, shiftIds }));
  await tx.any(beginShiftsSql({ tenantId, now }));
  await followAllPlaces(tx, { tenantId, shiftIds });
  for (const orderId of new Set(roles.map(role => role.orderId))) await followShifts(tx, { tenantId, orderId });

  const isLater = (role: StoredRole) => role.startsAt.getTime() > now.getTime() + laterMs;
  const swap = places.find(({ status, role }) => status === 'ACCEPTED' && isLater(role));
  if (swap) await putIntoPool(tx, { tenantId, id: swap.id, reason: 'A family event that day.' });
  const wanted = roles.find(role => !role.instantBook && isLater(role));
  if (wanted)
    for (const staffId of staffIds.slice(0, demoIdleStaff))
      await insertAssignment(tx, { tenantId, roleId: wanted.id, staffId, status: 'PENDING', replacesId: null });
}

/** An order that its client takes back: who was to work is told. `today` is that of the pavilion. */
export async function cancelDemoOrder(
  tx: Transaction,
  tenant: DemoTenant,
  today: string,
  cause: WorkCause,
): Promise<void> {
  const { id: tenantId, businessId, ownerId: createdBy, hubs, roleIds, staff } = tenant;
  const times = { startTime: '17:00', endTime: '22:00', lunchBreakMinutes: 0, paidBreak: false, instantBook: true };
  const day = addDays(today, 3);
  const { orderId, shiftIds } = await placeOrder(tx, {
    tenantId,
    businessId,
    createdBy,
    hubId: hubs.pavilion.id,
    vendorId: null,
    eventName: 'Rehearsal dinner',
    type: 'ONE_TIME',
    startsOn: day,
    endsOn: day,
    weekDays: [],
    horizonDays: null,
    positions: [{ ...times, roleId: roleIds.server, workersNeeded: demoIdleStaff }],
  });
  const roles = await tx.many<StoredRole>(listRolesSql({ tenantId }));
  for (const { id: roleId, shiftId } of roles.filter(role => shiftIds.includes(role.shiftId))) {
    for (const { staffId } of staff.slice(0, demoIdleStaff))
      await insertAssignment(tx, { tenantId, roleId, staffId, status: 'ASSIGNED', replacesId: null });
    await countPlaces(tx, { tenantId, shiftId });
  }
  await cancelOrder(tx, { tenantId, businessId, orderId }, 'The couple has changed its mind.', cause);
}
