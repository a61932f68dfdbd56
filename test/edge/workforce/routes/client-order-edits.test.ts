import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { wallClock } from '../../../../shared/recurrence.ts';
import { codeOf, openOrderScene, type OrderScene } from '../order-scene.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const clock = wallClock('America/New_York');

describe('edge/workforce/routes: editing orders', function () {
  this.timeout(120_000);
  let scene: OrderScene;
  before(async () => {
    scene = await openOrderScene();
  });
  after(() => scene.stop());

  const edit = (orderId: string, change: object) => scene.post(`/client/orders/${orderId}/edit`, change);
  const worker = () => scene.staffing.addWorker(scene.tenant);
  const dates = (order: { shifts: { date: string; status: string }[] }) =>
    order.shifts.filter(shift => shift.status !== 'CANCELLED').map(shift => shift.date);

  it('changes names, numbers and times, moves who is booked along, and answers the order as it stands', async () => {
    const { orderId, shiftIds } = await scene.order();
    const [shiftId] = shiftIds as [string];
    const jo = await worker();
    await scene.book(jo, shiftId);
    const roleId = scene.vendor.roleIds[0];
    const change = {
      eventName: 'Ball',
      positions: [{ roleId, workersNeeded: 5, startTime: '12:00', endTime: '20:00' }],
    };
    const { status, body } = await edit(orderId, change);
    assert.equal(status, 200);
    const [startsAt, endsAt] = ['12:00', '20:00'].map(time => clock.instantOf(scene.day(2), time).toISOString());
    assert.deepEqual([body.orderId, body.eventName, body.status, body.type], [orderId, 'Ball', 'OPEN', 'ONE_TIME']);
    assert.deepEqual(body.shifts, [
      { shiftId, date: scene.day(2), startsAt, endsAt, status: 'OPEN', workersNeeded: 5, workersBooked: 1 },
    ]);
    assert.deepEqual(body.positions, [
      {
        ...scene.position({
          positionNo: 1,
          name: 'Server',
          hourlyRateCents: 2_500,
          workersNeeded: 5,
          lunchBreakMinutes: 0,
          paidBreak: false,
        }),
        startTime: '12:00',
        endTime: '20:00',
      },
    ]);
    const held = await scene.staffing.db.one(
      'select starts_at, status from workforce.assignments where shift_id = $1',
      [shiftId],
    );
    assert.deepEqual(held, { startsAt: new Date(startsAt!), status: 'ACCEPTED' });
  });

  it('adds a position to every shift to come and takes one out, at rates of their own moments', async () => {
    const { orderId, shiftIds } = await scene.series();
    const [server, cook] = scene.vendor.roleIds;
    await scene.staffing.db.none('update workforce.vendor_roles set hourly_rate_cents = 2_600 where id = $1', [server]);
    const added = await edit(orderId, {
      positions: [{ roleId: cook, workersNeeded: 1, startTime: '11:00', endTime: '15:00' }],
    });
    await scene.staffing.db.none('update workforce.vendor_roles set hourly_rate_cents = 2_500 where id = $1', [server]);
    assert.deepEqual(
      added.body.positions.map((position: { positionNo: number; hourlyRateCents: number }) => [
        position.positionNo,
        position.hourlyRateCents,
      ]),
      [
        [1, 2_500],
        [2, 3_000],
      ],
    );
    for (const shiftId of shiftIds)
      assert.deepEqual(
        (await scene.roles(shiftId)).map(role => role.name),
        ['Server', 'Cook'],
      );
    const removed = await edit(orderId, { positions: [{ roleId: server, workersNeeded: 0 }] });
    assert.equal(removed.status, 200);
    const [first] = removed.body.shifts;
    assert.deepEqual([first.workersNeeded, first.startsAt], [1, clock.instantOf(scene.day(1), '11:00').toISOString()]);
    assert.equal(
      await codeOf(edit(orderId, { positions: [{ roleId: cook, workersNeeded: 0 }] })),
      '422 NO_WORKERS_NEEDED',
    );
  });

  it('tells positions of one role apart by their times or their number', async () => {
    const early = scene.position({ startTime: '06:00', endTime: '10:00' });
    const late = scene.position({ startTime: '18:00', endTime: '22:00' });
    const { orderId } = await scene.order({ positions: [early, late] });
    const { roleId } = late;
    const needed = async (change: object) => {
      const { body } = await edit(orderId, { positions: [{ roleId, ...change }] });
      return body.code ?? body.positions.map((position: { workersNeeded: number }) => position.workersNeeded);
    };
    assert.deepEqual(await needed({ startTime: '18:00', endTime: '22:00', workersNeeded: 4 }), [2, 4]);
    assert.deepEqual(await needed({ positionNo: 1, workersNeeded: 3 }), [3, 4]);
    assert.deepEqual(
      await needed({ positionNo: 3, workersNeeded: 1, startTime: '12:00', endTime: '13:00' }),
      [3, 4, 1],
    );
    assert.equal(await needed({ workersNeeded: 9 }), 'AMBIGUOUS_POSITION');
    assert.equal(await needed({ positionNo: 5, workersNeeded: 9 }), 'POSITION_NOT_FOUND');
    assert.equal(await needed({ positionNo: 4, workersNeeded: 9 }), 'INCOMPLETE_POSITION');
    assert.equal(await needed({ positionNo: 1, endTime: '06:00' }), 'INVALID_TIMES');
  });

  it('lets no position fall below who is booked', async () => {
    const { orderId, shiftIds } = await scene.order({ positions: [scene.position({ workersNeeded: 3 })] });
    for (const staff of [await worker(), await worker()]) await scene.book(staff, shiftIds[0]!);
    const roleId = scene.vendor.roleIds[0];
    const { status, body } = await edit(orderId, {
      eventName: 'Nothing of it',
      positions: [{ roleId, workersNeeded: 1 }],
    });
    assert.deepEqual([status, body.code], [409, 'WORKERS_ALREADY_BOOKED']);
    assert.deepEqual(body.details, { shiftId: shiftIds[0], date: scene.day(2), positionNo: 1, workersBooked: 2 });
    const full = await edit(orderId, { positions: [{ roleId, workersNeeded: 2 }] });
    assert.deepEqual([full.body.eventName, full.body.status, full.body.shifts[0].status], ['Gala', 'FILLED', 'FILLED']);
    const more = await edit(orderId, { positions: [{ roleId, workersNeeded: 3 }] });
    assert.deepEqual([more.body.status, more.body.shifts[0].status], ['OPEN', 'OPEN']);
  });

  it('moves a single day’s shift to another day, though not into the past', async () => {
    const { orderId, shiftIds } = await scene.order();
    const jo = await worker();
    await scene.book(jo, shiftIds[0]!);
    const { body } = await edit(orderId, { orderDate: scene.day(5) });
    assert.deepEqual([body.startDate, body.endDate, dates(body)], [scene.day(5), scene.day(5), [scene.day(5)]]);
    assert.equal(body.shifts[0].shiftId, shiftIds[0]);
    assert.deepEqual(await scene.assignments(shiftIds[0]!), [{ staffId: jo.staffId, status: 'ACCEPTED' }]);
    assert.equal(await codeOf(edit(orderId, { orderDate: scene.day(-1) })), '422 ORDER_IN_PAST');
    const today = {
      orderDate: scene.day(0),
      positions: [{ roleId: scene.vendor.roleIds[0], startTime: '00:00', endTime: '23:59' }],
    };
    assert.equal(await codeOf(edit(orderId, today)), '422 ORDER_IN_PAST');
    assert.equal(await codeOf(edit(orderId, { endDate: scene.day(9) })), '422 WRONG_ORDER_TYPE');
  });

  it('refuses a time at which somebody who is booked works elsewhere', async () => {
    const early = await scene.order({ positions: [scene.position({ startTime: '06:00', endTime: '10:00' })] });
    const late = await scene.order({ positions: [scene.position({ startTime: '12:00', endTime: '18:00' })] });
    const jo = await worker();
    await scene.book(jo, early.shiftIds[0]!);
    await scene.book(jo, late.shiftIds[0]!);
    const roleId = scene.vendor.roleIds[0];
    assert.equal(
      await codeOf(edit(late.orderId, { positions: [{ roleId, startTime: '09:00' }] })),
      '409 SHIFT_OVERLAP',
    );
    assert.equal(await codeOf(edit(late.orderId, { positions: [{ roleId, startTime: '10:00' }] })), '200');
  });

  it('leaves what has begun as it is', async () => {
    const { orderId, shiftIds } = await scene.series();
    const [begun] = shiftIds as [string];
    await scene.begin(begun);
    const earlier = await scene.shift(begun);
    const roleId = scene.vendor.roleIds[0];
    assert.equal((await edit(orderId, { positions: [{ roleId, workersNeeded: 7, startTime: '08:00' }] })).status, 200);
    assert.deepEqual(await scene.shift(begun), earlier);
    assert.equal((await scene.roles(begun))[0]!.workersNeeded, 2);
    for (const shiftId of shiftIds.slice(1)) assert.equal((await scene.roles(shiftId))[0]!.workersNeeded, 7);
    const single = await scene.order();
    await scene.begin(single.shiftIds[0]!);
    assert.equal(await codeOf(edit(single.orderId, { eventName: 'Too late' })), '409 NO_FUTURE_SHIFTS');
  });

  it('makes a series longer, shorter, and of other days, and cancels what was merely applied for', async () => {
    const { orderId, shiftIds } = await scene.series({ positions: [scene.position({ instantBook: false })] });
    const [applicant, other] = [await worker(), await worker()];
    await scene.apply(applicant, shiftIds[3]!);
    await scene.apply(other, shiftIds[0]!);
    const longer = await edit(orderId, { endDate: scene.day(6) });
    assert.deepEqual(dates(longer.body), [1, 2, 3, 4, 5, 6].map(scene.day));
    const shorter = await edit(orderId, { endDate: scene.day(2) });
    assert.deepEqual(dates(shorter.body), [1, 2].map(scene.day));
    assert.deepEqual(await scene.assignments(shiftIds[3]!), [{ staffId: applicant.staffId, status: 'CANCELLED' }]);
    assert.deepEqual((await scene.notices(applicant))[0]!.type, 'ORDER_CANCELLED');
    assert.deepEqual(
      (await scene.notices(other)).map(notice => notice.type),
      ['ORDER_CHANGED', 'ORDER_CHANGED'],
    );
    const again = await edit(orderId, { endDate: scene.day(4) });
    assert.deepEqual(dates(again.body), [1, 2, 3, 4].map(scene.day));
    const weekDayOf = (inDays: number) => new Date(scene.day(inDays)).getUTCDay() || 7;
    const few = await edit(orderId, { recurrenceDays: [weekDayOf(1), weekDayOf(3)] });
    assert.deepEqual(dates(few.body), [1, 3].map(scene.day));
    assert.equal(await codeOf(edit(orderId, { orderDate: scene.day(3) })), '422 WRONG_ORDER_TYPE');
    assert.equal(await codeOf(edit(orderId, { endDate: null })), '422 INVALID_RANGE');
  });

  it('takes no day away on which somebody is booked, and makes none again that was cancelled by itself', async () => {
    const { orderId, shiftIds } = await scene.series();
    await scene.book(await worker(), shiftIds[3]!);
    assert.equal(await codeOf(edit(orderId, { endDate: scene.day(2) })), '409 WORKERS_ALREADY_BOOKED');
    await scene.staffing.db.none(`update workforce.shifts set status = 'CANCELLED' where id = $1`, [shiftIds[1]]);
    const { body } = await edit(orderId, { eventName: 'Supper' });
    assert.deepEqual(dates(body), [1, 3, 4].map(scene.day));
  });

  it('gives a permanent order an end', async () => {
    const body = {
      hubId: scene.hubId,
      eventName: 'Desk',
      positions: [scene.position()],
      startDate: scene.day(1),
      daysOfWeek: everyDay,
      horizonDays: 7,
    };
    const { orderId } = (await scene.post('/client/orders/permanent', body)).body;
    const ended = await edit(orderId, { endDate: scene.day(3) });
    assert.deepEqual([ended.body.endDate, dates(ended.body)], [scene.day(3), [1, 2, 3].map(scene.day)]);
    const open = await edit(orderId, { endDate: null });
    assert.deepEqual([open.body.endDate, dates(open.body)], [null, [1, 2, 3, 4, 5, 6, 7].map(scene.day)]);
  });

  it('does two edits at once one after the other', async () => {
    const { orderId, shiftIds } = await scene.series();
    const [server, cook] = scene.vendor.roleIds;
    const answers = await Promise.all([
      edit(orderId, { positions: [{ roleId: cook, workersNeeded: 1, startTime: '11:00', endTime: '15:00' }] }),
      edit(orderId, { positions: [{ roleId: server, workersNeeded: 6 }], endDate: scene.day(5) }),
      edit(orderId, { eventName: 'Both' }),
    ]);
    assert.deepEqual(
      answers.map(answer => answer.status),
      [200, 200, 200],
    );
    const { body } = await edit(orderId, { endDate: scene.day(5) });
    assert.equal(body.eventName, 'Both');
    assert.deepEqual(dates(body), [1, 2, 3, 4, 5].map(scene.day));
    for (const shift of body.shifts) assert.equal(shift.workersNeeded, 7);
    assert.equal((await scene.roles(shiftIds[0]!)).length, 2);
  });

  it('refuses what changes nothing or makes no sense, and orders of others', async () => {
    const { orderId } = await scene.order();
    for (const change of [{}, { surprise: 1 }, { positions: [] }, { recurrenceDays: [1], daysOfWeek: [1] }])
      assert.equal(await codeOf(edit(orderId, change)), '400 INVALID', JSON.stringify(change));
    assert.equal(await codeOf(edit(randomUUID(), { eventName: 'Mine' })), '404 ORDER_NOT_FOUND');
    const colleague = await scene.staffing.addClient(scene.tenant);
    for (const path of ['edit', 'cancel']) {
      const body = path === 'edit' ? { eventName: 'Mine' } : { reason: 'Mine' };
      const { status } = await scene.staffing.call('POST', `/client/orders/${orderId}/${path}`, {
        body,
        token: colleague.token,
      });
      assert.equal(status, 404);
    }
  });
});
