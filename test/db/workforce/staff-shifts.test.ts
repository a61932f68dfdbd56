import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignStaff } from '../../../db/workforce/assign-staff.ts';
import { acceptShift, applyToShift, declineShift, requestSwap } from '../../../db/workforce/staff-shifts.ts';
import { giveBackSwaps } from '../../../db/workforce/swaps.ts';
import { Fault } from '../../../shared/fault.ts';
import {
  type Act,
  type Assignment,
  foretell,
  isBooked,
  isLive,
  overlap,
  type Role,
  story,
  type World,
} from './places-model.ts';
import { cause, openShiftScene, type SceneShift, type ShiftScene } from './shift-scene.ts';

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
            const { status } = await tx.one<{ status: string }>(
              'select status from workforce.assignments where id = $1',
              [id],
            );
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
          default:
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
          .transact(tx =>
            applyToShift(tx, { tenantId: scene.tenantId, staffId, shiftId, roleId, instantBook: true }, cause),
          )
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
            applyToShift(
              tx,
              { tenantId: scene.tenantId, staffId, shiftId, roleId: roleId as string, instantBook: true },
              cause,
            ),
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
});
