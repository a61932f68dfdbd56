import assert from 'node:assert/strict';
import { assignStaff } from '../../../db/workforce/assign-staff.ts';
import { changeShiftStatus, type SettableShiftStatus } from '../../../db/workforce/change-shift-status.ts';
import { cause, openShiftScene, type ShiftScene } from './shift-scene.ts';

const stranger = '01900000-0000-7000-8000-000000000000';

describe('db/workforce/change-shift-status', function () {
  this.timeout(120_000);
  let scene: ShiftScene;
  before(async () => {
    scene = await openShiftScene();
  });
  after(() => scene?.close());

  const set = (shiftId: string, status: SettableShiftStatus, businessId: string | null = scene.businessId) =>
    scene.transact(tx => changeShiftStatus(tx, { tenantId: scene.tenantId, businessId, shiftId }, status, cause));
  const statusesOf = async (shiftId: string): Promise<string[]> =>
    (
      await scene.db.any<{ status: string }>(
        'select status from workforce.assignments where shift_id = $1 order by status',
        [shiftId],
      )
    ).map(({ status }) => status);
  const standing = (shiftId: string) =>
    scene.db.one<{ shift: string; order: string; booked: number }>(
      `select shifts.status as shift, orders.status as order, (select sum(workers_booked) from workforce.shift_roles where shift_id = shifts.id) as booked
      from workforce.shifts join workforce.orders on orders.id = order_id where shifts.id = $1`,
      [shiftId],
    );

  /** A shift of two places, held by as many workers in these statuses. */
  async function addHeldShift(inHours: number, statuses: readonly string[], orderId?: string) {
    const shift = await scene.addShift({ inHours, needed: [2], ...(orderId === undefined ? {} : { orderId }) });
    const staff = await scene.addWorkers(statuses.length);
    await scene.db.none(
      `insert into workforce.assignments (id, tenant_id, business_id, shift_id, shift_role_id, staff_id, status, starts_at, ends_at)
      select gen_random_uuid(), $1, $2, $3, shift_roles.id, holder.id, holder.status, starts_at, ends_at
      from workforce.shift_roles, unnest($5::uuid[], $6::text[]) as holder (id, status)
      where shift_roles.id = $4`,
      [scene.tenantId, scene.businessId, shift.shiftId, shift.roleIds[0], staff, statuses],
    );
    await scene.db.none(
      `update workforce.shift_roles set workers_booked = (select count(*) from unnest($2::text[]) as status where status <> 'PENDING') where shift_id = $1`,
      [shift.shiftId, statuses],
    );
    return { ...shift, staff };
  }

  it('cancels a shift with everybody in it, tells them, and does so once', async () => {
    const { shiftId, staff } = await addHeldShift(48, ['ACCEPTED', 'PENDING']);
    await set(shiftId, 'CANCELLED');
    await set(shiftId, 'CANCELLED');
    assert.deepEqual(await statusesOf(shiftId), ['CANCELLED', 'CANCELLED']);
    assert.deepEqual(await standing(shiftId), { shift: 'CANCELLED', order: 'OPEN', booked: 0 });
    const { told } = await scene.db.one(
      "select count(*) as told from workforce.notifications where type = 'SHIFT_CANCELLED' and user_id = any($1::uuid[])",
      [staff],
    );
    assert.equal(told, 2);
    await assert.rejects(set(shiftId, 'ACTIVE'), { reason: 'WRONG_SHIFT_STATUS' });
  });

  it('completes a shift that has begun: who never came is a no-show, who still waits waits for nothing', async () => {
    const orderId = await scene.addOrder();
    const { shiftId } = await addHeldShift(-9, ['ACCEPTED', 'CHECKED_OUT', 'PENDING'], orderId);
    const { shiftId: next } = await addHeldShift(48, [], orderId);
    await assert.rejects(set(next, 'COMPLETED'), { reason: 'SHIFT_NOT_STARTED' });
    await set(shiftId, 'COMPLETED');
    assert.deepEqual(await statusesOf(shiftId), ['CANCELLED', 'CHECKED_OUT', 'NO_SHOW']);
    assert.deepEqual(await standing(shiftId), { shift: 'COMPLETED', order: 'ACTIVE', booked: 1 });
    await set(next, 'CANCELLED');
    assert.equal((await standing(shiftId)).order, 'COMPLETED');
  });

  it('neither ends a shift while somebody works in it, nor cancels one that somebody has worked in', async () => {
    const { shiftId } = await addHeldShift(-2, ['CHECKED_IN', 'ACCEPTED']);
    await set(shiftId, 'ACTIVE');
    await assert.rejects(set(shiftId, 'COMPLETED'), { reason: 'ATTENDANCE_OPEN' });
    await assert.rejects(set(shiftId, 'CANCELLED'), { reason: 'SHIFT_STARTED' });
    assert.deepEqual(await standing(shiftId), { shift: 'ACTIVE', order: 'ACTIVE', booked: 2 });
  });

  it('is nobody else’s to do, as is giving a place: another business’s, another tenant’s', async () => {
    const { shiftId, roleIds } = await scene.addShift();
    const [roleId] = roleIds as [string];
    const [staffId] = (await scene.addWorkers(1)) as [string];
    const assign = (tenantId: string, businessId: string | null) =>
      scene.transact(tx => assignStaff(tx, { tenantId, businessId, shiftId, roleId, staffId }, cause));
    await assert.rejects(assign(scene.tenantId, stranger), { code: 'not_found' });
    await assert.rejects(assign(stranger, null), { code: 'not_found' });
    await assert.rejects(set(shiftId, 'CANCELLED', stranger), { code: 'not_found' });
    await assign(scene.tenantId, null);
    await set(shiftId, 'CANCELLED', null);
  });
});
