import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { wallClock } from '../../../../shared/recurrence.ts';
import { addDays } from '../../../../shared/warranty.ts';
import { openOrderScene, type OrderScene } from '../order-scene.ts';

const hourMs = 3_600_000;

describe('edge/workforce/routes: placing orders', function () {
  this.timeout(120_000);
  let scene: OrderScene;
  before(async () => {
    scene = await openOrderScene();
  });
  after(() => scene.stop());

  const instants = async (shiftId: string) => {
    const { startsAt, endsAt } = await scene.shift(shiftId);
    return [startsAt.toISOString(), endsAt.toISOString()];
  };
  const series = (more: object) => ({ hubId: scene.hubId, eventName: 'Lunch', positions: [scene.position()], ...more });
  const refusal = async (path: string, body: unknown) => {
    const { status, body: answer } = await scene.post(path, body);
    return `${status} ${answer.code}`;
  };

  it('makes one shift of a day’s positions, from the earliest start to the latest end, at the rates of the moment', async () => {
    const [first, second] = scene.vendor.roleIds;
    const positions = [
      scene.position({ startTime: '10:00', endTime: '18:00', lunchBreakMinutes: 30, workersNeeded: 3 }),
      scene.position({ roleId: second, startTime: '20:00', endTime: '02:00', paidBreak: true, instantBook: false }),
    ];
    const { orderId, orderNumber, shiftIds } = await scene.order({ positions, vendorId: scene.vendor.id });
    assert.match(orderNumber, /^ORD-\d{6}$/);
    assert.equal(shiftIds.length, 1);
    const clock = wallClock('America/New_York');
    const { date, startsAt, endsAt, status } = await scene.shift(shiftIds[0]!);
    assert.deepEqual(
      { date, startsAt, endsAt, status },
      {
        date: scene.day(2),
        startsAt: clock.instantOf(scene.day(2), '10:00'),
        endsAt: clock.instantOf(scene.day(3), '02:00'),
        status: 'OPEN',
      },
    );
    const [server, cook] = await scene.roles(shiftIds[0]!);
    assert.deepEqual([server!.name, server!.workersNeeded, server!.rateCents], ['Server', 3, 2_500]);
    assert.deepEqual([cook!.name, cook!.startsAt], ['Cook', clock.instantOf(scene.day(2), '20:00')]);
    const kept = await scene.staffing.db.one(
      `select role.vendor_role_id, role.lunch_break_minutes, role.paid_break, role.instant_book, orders.type, orders.vendor_id, orders.created_by
      from workforce.orders join workforce.shifts on order_id = orders.id join workforce.shift_roles role on shift_id = shifts.id
      where orders.id = $1 and position_no = 1`,
      [orderId],
    );
    assert.deepEqual(kept, {
      vendorRoleId: first,
      lunchBreakMinutes: 30,
      paidBreak: false,
      instantBook: true,
      type: 'ONE_TIME',
      vendorId: scene.vendor.id,
      createdBy: scene.client.userId,
    });
  });

  it('keeps the hour of a recurring order on the hub’s clock when that changes', async () => {
    // The clocks of New York change on the second Sunday of March and the first of November.
    const year = Number(scene.day(0).slice(0, 4)) + 1;
    const change = firstSundayOf(`${year}-03-08`);
    const body = series({
      startDate: addDays(change, -1),
      endDate: addDays(change, 1),
      recurrenceDays: ['SAT', 'sunday', 1],
    });
    const { status, body: order } = await scene.post('/client/orders/recurring', body);
    assert.equal(status, 201);
    const starts = await Promise.all(order.shiftIds.map(instants));
    assert.deepEqual(
      starts.map(([start]) => start!.slice(0, 16)),
      [`${addDays(change, -1)}T14:00`, `${change}T13:00`, `${addDays(change, 1)}T13:00`],
    );
    const night = series({
      startDate: addDays(change, -1),
      endDate: addDays(change, -1),
      recurrenceDays: [6],
      positions: [scene.position({ startTime: '22:00', endTime: '06:00' })],
    });
    const [shiftId] = (await scene.post('/client/orders/recurring', night)).body.shiftIds;
    const { startsAt, endsAt } = await scene.shift(shiftId);
    assert.equal((endsAt.getTime() - startsAt.getTime()) / hourMs, 7);
  });

  it('makes the shifts of the days of the week that are asked for, and of no others', async () => {
    const body = series({ startDate: scene.day(1), endDate: scene.day(28), recurrenceDays: [3, 'MON', 'mon', 3] });
    const { shiftIds } = (await scene.post('/client/orders/recurring', body)).body;
    const days = await Promise.all(
      shiftIds.map(async (id: string) => new Date((await scene.shift(id)).date).getUTCDay()),
    );
    assert.deepEqual(
      [days.length, days.filter(day => day === 1).length, days.filter(day => day === 3).length],
      [8, 4, 4],
    );
  });

  it('makes the shifts of a permanent order as far ahead as its horizon', async () => {
    const everyDay = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
    const body = series({ startDate: scene.day(3), daysOfWeek: everyDay, horizonDays: 10 });
    const { status, body: order } = await scene.post('/client/orders/permanent', body);
    assert.equal(status, 201);
    const dates = await Promise.all(order.shiftIds.map(async (id: string) => (await scene.shift(id)).date));
    assert.deepEqual(
      dates,
      Array.from({ length: 10 }, (_, index) => scene.day(3 + index)),
    );
    const kept = await scene.staffing.db.one(
      'select ends_on, expanded_to, horizon_days from workforce.orders where id = $1',
      [order.orderId],
    );
    assert.deepEqual(kept, { endsOn: null, expandedTo: scene.day(12), horizonDays: 10 });
  });

  it('refuses days that have gone or never come', async () => {
    const oneTime = series({ orderDate: scene.day(-1) });
    assert.equal(await refusal('/client/orders/one-time', oneTime), '422 ORDER_IN_PAST');
    assert.equal((await scene.post('/client/orders/one-time', { ...oneTime, orderDate: scene.day(0) })).status, 201);
    const recurring = (more: object) =>
      refusal(
        '/client/orders/recurring',
        series({ startDate: scene.day(1), endDate: scene.day(9), recurrenceDays: [1], ...more }),
      );
    assert.equal(await recurring({ startDate: scene.day(-1) }), '422 ORDER_IN_PAST');
    assert.equal(await recurring({ endDate: scene.day(0) }), '422 INVALID_RANGE');
    assert.equal(await recurring({ endDate: scene.day(367) }), '422 RANGE_TOO_LONG');
    const tomorrow = new Date(scene.day(1)).getUTCDay();
    assert.equal(await recurring({ endDate: scene.day(1), recurrenceDays: [tomorrow === 1 ? 2 : 1] }), '422 NO_DAYS');
    assert.equal(await recurring({ recurrenceDays: [] }), '400 INVALID');
    assert.equal(await recurring({ recurrenceDays: ['FUNDAY'] }), '400 INVALID');
    const last = '9999-12-31';
    assert.equal(await refusal('/client/orders/one-time', series({ orderDate: last })), '400 INVALID');
    const forever = series({ startDate: last, daysOfWeek: [1] });
    assert.equal(await refusal('/client/orders/permanent', forever), '400 INVALID');
    const permanent = series({ startDate: scene.day(1), daysOfWeek: [1], horizonDays: 61 });
    assert.equal(await refusal('/client/orders/permanent', permanent), '400 INVALID');
  });

  it('takes a year of days, each with all the positions that there may be', async () => {
    const positions = Array.from({ length: 50 }, (_, index) => scene.position({ startTime: `09:${index + 10}` }));
    const body = series({
      startDate: scene.day(1),
      endDate: scene.day(366),
      recurrenceDays: [1, 2, 3, 4, 5, 6, 7],
      positions,
    });
    const { status, body: order } = await scene.post('/client/orders/recurring', body);
    assert.equal(status, 201);
    assert.equal(order.shiftIds.length, 366);
    assert.equal((await scene.roles(order.shiftIds[365])).length, 50);
  });

  it('refuses positions that make no sense', async () => {
    const one = (position: object, more = {}) =>
      refusal(
        '/client/orders/one-time',
        series({ orderDate: scene.day(2), positions: [scene.position(position)], ...more }),
      );
    for (const position of [
      { endTime: '09:00' },
      { startTime: '24:00' },
      { startTime: '9:00' },
      { workersNeeded: 0 },
      { workersNeeded: 501 },
      { lunchBreakMinutes: 241 },
      { surprise: true },
    ])
      assert.equal(await one(position), '400 INVALID', JSON.stringify(position));
    assert.equal(await one({}, { positions: [] }), '400 INVALID');
    assert.equal(await one({}, { surprise: true }), '400 INVALID');
    assert.equal(await one({}, { eventName: '  ' }), '400 INVALID');
    assert.equal(await one({ roleId: randomUUID() }), '404 ROLE_NOT_FOUND');
  });

  it('takes roles of one vendor only, and only those on offer', async () => {
    const { staffing, tenant, vendor } = scene;
    const other = await staffing.addVendor(tenant);
    const orderDate = scene.day(2);
    const mixed = [scene.position(), scene.position({ roleId: other.roleIds[0] })];
    const ask = (more: object) => refusal('/client/orders/one-time', series({ orderDate, ...more }));
    assert.equal(await ask({ positions: mixed }), '422 VENDOR_MISMATCH');
    assert.equal(await ask({ vendorId: other.id }), '422 VENDOR_MISMATCH');
    assert.equal(await ask({ vendorId: randomUUID() }), '404 VENDOR_NOT_FOUND');
    await staffing.db.none('update workforce.vendor_roles set active = false where id = $1', [vendor.roleIds[1]]);
    assert.equal(await ask({ positions: [scene.position({ roleId: vendor.roleIds[1] })] }), '404 ROLE_NOT_FOUND');
  });

  it('knows no hub, vendor or role of others', async () => {
    const { staffing, tenant } = scene;
    const orderDate = scene.day(2);
    const colleague = await staffing.addClient(tenant);
    const hubOfColleague = await staffing.addHub(colleague, tenant);
    const elsewhere = await staffing.addTenant();
    const foreign = await staffing.addVendor(elsewhere);
    const ask = (more: object) => refusal('/client/orders/one-time', series({ orderDate, ...more }));
    assert.equal(await ask({ hubId: hubOfColleague }), '404 HUB_NOT_FOUND');
    assert.equal(await ask({ vendorId: foreign.id }), '404 VENDOR_NOT_FOUND');
    assert.equal(await ask({ positions: [scene.position({ roleId: foreign.roleIds[0] })] }), '404 ROLE_NOT_FOUND');
    const gone = await staffing.addHub(scene.client, tenant);
    await staffing.db.none('update workforce.hubs set deleted_at = now() where id = $1', [gone]);
    assert.equal(await ask({ hubId: gone }), '404 HUB_NOT_FOUND');
  });

  it('lets neither staff nor somebody without a business order, and needs an idempotency key', async () => {
    const { staffing, tenant } = scene;
    const body = series({ orderDate: scene.day(2) });
    const worker = await staffing.addWorker(tenant);
    const admin = await staffing.addOther(tenant, 'TENANT_ADMIN');
    const ask = async (token: string | undefined, key?: null) => {
      const options = { body, ...(token === undefined ? {} : { token }), ...(key === undefined ? {} : { key }) };
      const answer = await staffing.call('POST', '/client/orders/one-time', options);
      return `${answer.status} ${answer.body.code}`;
    };
    assert.equal(await ask(worker.token), '403 FORBIDDEN');
    assert.equal(await ask(admin.token), '403 NO_BUSINESS');
    assert.equal(await ask(undefined), '401 UNAUTHENTICATED');
    assert.equal(await ask(scene.client.token, null), '400 MISSING_IDEMPOTENCY_KEY');
  });

  it('orders once for a key, and gives each of many orders at once a number of its own', async () => {
    const body = series({ orderDate: scene.day(2) });
    const key = randomUUID();
    const first = await scene.post('/client/orders/one-time', body, key);
    const again = await scene.post('/client/orders/one-time', body, key);
    assert.deepEqual([again.status, again.body.orderId], [201, first.body.orderId]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const many = await Promise.all(Array.from({ length: 12 }, () => scene.post('/client/orders/one-time', body)));
    assert.deepEqual(
      many.map(answer => answer.status),
      many.map(() => 201),
    );
    assert.equal(new Set(many.map(answer => answer.body.orderNumber)).size, 12);
  });
});

function firstSundayOf(from: string): string {
  let day = from;
  while (new Date(day).getUTCDay() !== 0) day = addDays(day, 1);
  return day;
}
