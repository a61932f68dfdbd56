import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignStaff } from '../../../db/workforce/assign-staff.ts';
import { changeShiftStatus } from '../../../db/workforce/change-shift-status.ts';
import { acceptShift, applyToShift, declineShift, requestSwap } from '../../../db/workforce/staff-shifts.ts';
import { giveBackSwaps } from '../../../db/workforce/swaps.ts';
import { bookedStatuses } from '../../../shared/assignment-state.ts';
import { Fault } from '../../../shared/fault.ts';
import { cause, openShiftScene, type SceneShift, type ShiftScene } from './shift-scene.ts';

interface Assignment {
  id: string;
  roleId: string;
  shiftId: string;
  staffId: string;
  status: string;
  replacesId: string | null;
  startsAt: Date;
  endsAt: Date;
}

interface Role {
  id: string;
  shiftId: string;
  needed: number;
  booked: number;
  instantBook: boolean;
  startsAt: Date;
  endsAt: Date;
}

interface World {
  roles: Role[];
  assignments: Assignment[];
}

const isBooked = ({ status }: { status: string }) => (bookedStatuses as readonly string[]).includes(status);
const isLive = ({ status }: { status: string }) => !['DECLINED', 'CANCELLED', 'NO_SHOW'].includes(status);
const overlap = (a: { startsAt: Date; endsAt: Date }, b: { startsAt: Date; endsAt: Date }) =>
  a.startsAt < b.endsAt && b.startsAt < a.endsAt;

const who = fc.nat({ max: 4 });
const where = fc.nat({ max: 4 });
const act = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('apply' as const), who, where, instantBook: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('accept' as const), who, where }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('decline' as const), who, where }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('swap' as const), who, where }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('assign' as const), who, where }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), who, where }) },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;
const story = fc.array(fc.array(act, { minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 12 });

describe('the places of shifts, whoever wants them and whenever', function () {
  this.timeout(240_000);
  let scene: ShiftScene;
  before(async () => {
    scene = await openShiftScene();
  });
  after(() => scene?.close());

  /** Two overlapping shifts, one after them with two roles, one that takes no instant bookings; the first two of one order. */
  async function makeShifts(): Promise<SceneShift[]> {
    const orderId = await scene.addOrder();
    return [
      await scene.addShift({ inHours: 48, needed: [1], orderId }),
      await scene.addShift({ inHours: 52, needed: [2], orderId }),
      await scene.addShift({ inHours: 72, needed: [1, 1] }),
      await scene.addShift({ inHours: 96, needed: [1], instantBook: false }),
    ];
  }

  /** What came of a step: how the assignment stands, or why nothing did. */
  async function perform(step: Act, staff: string[], roles: Role[]): Promise<string> {
    const { tenantId } = scene;
    const staffId = staff[step.who] as string;
    const { id: roleId, shiftId } = roles[step.where] as Role;
    const own = { tenantId, staffId, shiftId };
    try {
      return await scene.transact(async tx => {
        switch (step.do) {
          case 'apply': {
            const id = await applyToShift(tx, { ...own, roleId, instantBook: step.instantBook }, cause);
            const { status } = await tx.one<{ status: string }>('select status from workforce.assignments where id = $1', [id]);
            return status;
          }
          case 'accept':
            await acceptShift(tx, own);
            return 'ACCEPTED';
          case 'decline':
            await declineShift(tx, own);
            return 'DECLINED';
          case 'swap':
            await requestSwap(tx, own, 'My child is ill');
            return 'SWAP_REQUESTED';
          case 'assign':
            await assignStaff(tx, { ...own, roleId, businessId: scene.businessId }, cause);
            return 'ASSIGNED';
          case 'expire':
            await tx.none(
              `update workforce.assignments set swap_requested_at = now() - interval '25 hours'
              where id in (select id from workforce.assignments where status = 'SWAP_REQUESTED' and shift_id = $1 order by id for update skip locked)`,
              [shiftId],
            );
            await giveBackSwaps(tx, 100, cause);
            return 'expired';
        }
      });
    } catch (error) {
      // Anything else, a deadlock say, is no answer to give.
      assert.ok(error instanceof Fault && (error.code === 'conflict' || error.code === 'not_found'), String(error));
      return error.reason ?? error.code;
    }
  }

  /** What a step that is alone must come to. */
  function foretell(step: Act, { roles, assignments }: World, staff: string[]): string {
    const staffId = staff[step.who] as string;
    const role = roles[step.where] as Role;
    const ours = assignments.filter(one => one.staffId === staffId);
    const inRole = ours.find(one => one.roleId === role.id && isLive(one));
    const busy = ours.some(one => isBooked(one) && overlap(one, role));
    const free = role.booked < role.needed;
    const inShift = ours.filter(one => one.shiftId === role.shiftId);
    const has = (...statuses: string[]) => inShift.some(({ status }) => statuses.includes(status));
    switch (step.do) {
      case 'apply': {
        const pool = assignments.some(one => one.roleId === role.id && one.status === 'SWAP_REQUESTED');
        if (inRole) return 'ALREADY_APPLIED';
        if (busy) return 'SHIFT_OVERLAP';
        if (free && role.instantBook && step.instantBook) return 'ASSIGNED';
        if (pool) return 'ASSIGNED';
        return free ? 'PENDING' : 'SHIFT_FULL';
      }
      case 'assign':
        if (inRole && inRole.status !== 'PENDING') return 'ALREADY_ASSIGNED';
        if (busy) return 'SHIFT_OVERLAP';
        return free ? 'ASSIGNED' : 'SHIFT_FULL';
      case 'accept':
        if (inShift.length === 0) return 'SHIFT_NOT_FOUND';
        return has('ASSIGNED') ? 'ACCEPTED' : 'NOT_ASSIGNED';
      case 'decline':
        if (inShift.length === 0) return 'SHIFT_NOT_FOUND';
        return has('PENDING', 'ASSIGNED', 'ACCEPTED') ? 'DECLINED' : 'NOT_DECLINABLE';
      case 'swap':
        if (inShift.length === 0) return 'SHIFT_NOT_FOUND';
        return has('ACCEPTED') ? 'SWAP_REQUESTED' : 'NOT_ACCEPTED';
      case 'expire':
        return 'expired';
    }
  }

  async function look(shifts: SceneShift[]): Promise<World> {
    const shiftIds = shifts.map(({ shiftId }) => shiftId);
    return {
      roles: await scene.db.any<Role>(
        `select id, shift_id, workers_needed as needed, workers_booked as booked, instant_book, starts_at, ends_at
        from workforce.shift_roles where shift_id = any($1::uuid[]) order by starts_at, id`,
        [shiftIds],
      ),
      assignments: await scene.db.any<Assignment>(
        `select id, shift_role_id as role_id, shift_id, staff_id, status, replaces_id, starts_at, ends_at
        from workforce.assignments where shift_id = any($1::uuid[]) order by id`,
        [shiftIds],
      ),
    };
  }

  async function inspect(shifts: SceneShift[]): Promise<World> {
    const world = await look(shifts);
    const { roles, assignments } = world;
    for (const role of roles) {
      const booked = assignments.filter(one => one.roleId === role.id && isBooked(one)).length;
      assert.equal(role.booked, booked, 'places are counted right');
      assert.ok(booked <= role.needed, 'never overfilled');
    }
    const live = assignments.filter(isLive).map(one => `${one.roleId} ${one.staffId}`);
    assert.equal(new Set(live).size, live.length, 'nobody is in a role twice');
    const booked = assignments.filter(isBooked);
    for (const a of booked)
      for (const b of booked)
        assert.ok(a.id === b.id || a.staffId !== b.staffId || !overlap(a, b), 'nobody is in two places');
    const replaced = assignments.flatMap(one => one.replacesId ?? []);
    assert.equal(new Set(replaced).size, replaced.length, 'nobody is replaced twice');
    for (const id of replaced) assert.equal(assignments.find(one => one.id === id)?.status, 'CANCELLED');
    for (const { shiftId } of shifts) {
      const full = roles.filter(role => role.shiftId === shiftId).every(role => role.booked === role.needed);
      const row = await scene.db.one<{ status: string; orderStatus: string; allFull: boolean }>(
        `select shifts.status, orders.status as order_status,
          (select bool_and(other.status = 'FILLED') from workforce.shifts other where other.order_id = orders.id) as all_full
        from workforce.shifts join workforce.orders on orders.id = order_id where shifts.id = $1`,
        [shiftId],
      );
      assert.equal(row.status, full ? 'FILLED' : 'OPEN');
      assert.equal(row.orderStatus, row.allFull ? 'FILLED' : 'OPEN');
    }
    return world;
  }

  it('are never overfilled, nobody is ever in two, and each answer is what the moment admits', async () => {
    await fc.assert(
      fc.asyncProperty(story, async waves => {
        const shifts = await makeShifts();
        const staff = await scene.addWorkers(5);
        let world = await inspect(shifts);
        for (const wave of waves) {
          const foretold = wave.map(step => foretell(step, world, staff));
          const { roles } = world;
          const answers = await Promise.all(wave.map(step => perform(step, staff, roles)));
          if (wave.length === 1) assert.deepEqual(answers, foretold);
          world = await inspect(shifts);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('go to exactly one of two hundred who want the last', async () => {
    const { shiftId, roleIds } = await scene.addShift();
    const staff = await scene.addWorkers(200);
    const [roleId] = roleIds as [string];
    const answers = await Promise.all(
      staff.map(staffId =>
        scene
          .transact(tx => applyToShift(tx, { tenantId: scene.tenantId, staffId, shiftId, roleId, instantBook: true }, cause))
          .then(
            () => 'won',
            (error: unknown) => (error instanceof Fault ? error.reason : String(error)),
          ),
      ),
    );
    assert.equal(answers.filter(answer => answer === 'won').length, 1);
    assert.equal(answers.filter(answer => answer === 'SHIFT_FULL').length, 199);
    await inspect([{ shiftId, roleIds }]);
  });

  it('are taken by one worker at one time only, however many they ask for at once', async () => {
    const shifts = await Promise.all(Array.from({ length: 10 }, () => scene.addShift({ inHours: 200 })));
    const [staffId] = (await scene.addWorkers(1)) as [string];
    const answers = await Promise.all(
      shifts.map(({ shiftId, roleIds: [roleId] }) =>
        scene
          .transact(tx =>
            applyToShift(tx, { tenantId: scene.tenantId, staffId, shiftId, roleId: roleId as string, instantBook: true }, cause),
          )
          .then(
            () => 'won',
            (error: unknown) => (error instanceof Fault ? error.reason : String(error)),
          ),
      ),
    );
    assert.deepEqual(answers.toSorted(), [...Array<string>(9).fill('SHIFT_OVERLAP'), 'won']);
    await inspect(shifts);
  });

  it('that are given away go to exactly one of those who want them, and the one before is told', async () => {
    const { shiftId, roleIds } = await scene.addShift({ instantBook: false });
    const [roleId] = roleIds as [string];
    const [first, ...others] = (await scene.addWorkers(9)) as [string, ...string[]];
    const { tenantId, businessId } = scene;
    await scene.transact(tx => assignStaff(tx, { tenantId, businessId, shiftId, roleId, staffId: first }, cause));
    const own = { tenantId, staffId: first, shiftId };
    await scene.transact(tx => acceptShift(tx, own));
    await scene.transact(tx => requestSwap(tx, own, 'A wedding'));
    const answers = await Promise.all(
      others.map(staffId =>
        scene
          .transact(tx => applyToShift(tx, { tenantId, staffId, shiftId, roleId, instantBook: false }, cause))
          .then(
            () => 'won',
            (error: unknown) => (error instanceof Fault ? error.reason : String(error)),
          ),
      ),
    );
    assert.deepEqual(answers.toSorted(), [...Array<string>(7).fill('SHIFT_FULL'), 'won']);
    const { assignments } = await inspect([{ shiftId, roleIds }]);
    assert.deepEqual(
      assignments.map(({ status }) => status),
      ['CANCELLED', 'ASSIGNED'],
    );
    assert.equal(assignments[1]?.replacesId, assignments[0]?.id);
    const told = await scene.db.any('select type from workforce.notifications where user_id = $1 order by id', [first]);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['SHIFT_ASSIGNED', 'SWAP_TAKEN'],
    );
  });

  it('are not given away any more once the swap has run out, whether or not anybody has noticed', async () => {
    const { shiftId, roleIds } = await scene.addShift();
    const [roleId] = roleIds as [string];
    const [first, second] = (await scene.addWorkers(2)) as [string, string];
    const { tenantId } = scene;
    const ask = (staffId: string) =>
      scene.transact(tx => applyToShift(tx, { tenantId, staffId, shiftId, roleId, instantBook: true }, cause));
    await ask(first);
    const own = { tenantId, staffId: first, shiftId };
    await scene.transact(tx => acceptShift(tx, own));
    await scene.transact(tx => requestSwap(tx, own, 'A wedding'));
    await scene.db.none(
      "update workforce.assignments set swap_requested_at = now() - interval '24 hours 1 second' where shift_id = $1",
      [shiftId],
    );
    await assert.rejects(ask(second), { reason: 'SHIFT_FULL' });
    assert.equal(await scene.transact(tx => giveBackSwaps(tx, 100, cause)), 1);
    assert.equal(await scene.transact(tx => giveBackSwaps(tx, 100, cause)), 0);
    const { assignments } = await inspect([{ shiftId, roleIds }]);
    assert.deepEqual(
      assignments.map(({ status }) => status),
      ['ACCEPTED'],
    );
    const told = await scene.db.any('select type, body from workforce.notifications where user_id = $1', [first]);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['SWAP_RETURNED'],
    );
    assert.match(told[0]?.body, /you are expected as Server at Main hall on \d{4}-/);
  });

  it('are given up by a cancelled shift, whose people are told; a completed one leaves no-shows', async () => {
    const { tenantId, businessId } = scene;
    const orderId = await scene.addOrder();
    const shift = await scene.addShift({ needed: [2], orderId });
    const over = await scene.addShift({ inHours: -9, needed: [2], orderId });
    const staff = (await scene.addWorkers(2)) as [string, string];
    for (const { shiftId, roleIds } of [shift, over])
      for (const staffId of staff)
        await scene.db.none(
          `insert into workforce.assignments (id, tenant_id, business_id, shift_id, shift_role_id, staff_id, status, starts_at, ends_at)
          select gen_random_uuid(), $1, $2, $3, id, $5, 'ACCEPTED', starts_at, ends_at from workforce.shift_roles where id = $4`,
          [tenantId, businessId, shiftId, roleIds[0], staffId],
        );
    await scene.db.none('update workforce.shift_roles set workers_booked = 2 where shift_id = any($1::uuid[])', [
      [shift.shiftId, over.shiftId],
    ]);
    const set = (shiftId: string, status: 'COMPLETED' | 'CANCELLED') =>
      scene.transact(tx => changeShiftStatus(tx, { tenantId, businessId, shiftId }, status, cause));
    await assert.rejects(set(shift.shiftId, 'COMPLETED'), { reason: 'SHIFT_NOT_STARTED' });
    await set(over.shiftId, 'COMPLETED');
    await set(shift.shiftId, 'CANCELLED');
    await set(shift.shiftId, 'CANCELLED');
    const { roles, assignments } = await look([shift, over]);
    assert.deepEqual(
      roles.map(({ booked }) => booked),
      [0, 0],
    );
    const statuses = (shiftId: string) => assignments.filter(one => one.shiftId === shiftId).map(({ status }) => status);
    assert.deepEqual(statuses(over.shiftId), ['NO_SHOW', 'NO_SHOW']);
    assert.deepEqual(statuses(shift.shiftId), ['CANCELLED', 'CANCELLED']);
    const { status } = await scene.db.one('select status from workforce.orders where id = $1', [orderId]);
    assert.equal(status, 'COMPLETED');
    const { told } = await scene.db.one(
      "select count(*) as told from workforce.notifications where type = 'SHIFT_CANCELLED' and user_id = any($1::uuid[])",
      [staff],
    );
    assert.equal(told, 2);
  });

  it('are nobody else’s to give: another business’s, another tenant’s', async () => {
    const { shiftId, roleIds } = await scene.addShift();
    const [roleId] = roleIds as [string];
    const [staffId] = (await scene.addWorkers(1)) as [string];
    const stranger = '01900000-0000-7000-8000-000000000000';
    const assign = (tenantId: string, businessId: string | null) =>
      scene.transact(tx => assignStaff(tx, { tenantId, businessId, shiftId, roleId, staffId }, cause));
    await assert.rejects(assign(scene.tenantId, stranger), { code: 'not_found' });
    await assert.rejects(assign(stranger, null), { code: 'not_found' });
    await assert.rejects(
      scene.transact(tx =>
        changeShiftStatus(tx, { tenantId: scene.tenantId, businessId: stranger, shiftId }, 'CANCELLED', cause),
      ),
      { code: 'not_found' },
    );
    await assign(scene.tenantId, null);
  });
});
