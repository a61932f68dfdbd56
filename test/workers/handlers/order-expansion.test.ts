import assert from 'node:assert/strict';
import { transact } from '../../../db/transact.ts';
import { expandOrder } from '../../../db/workforce/expand-order.ts';
import { openOrderScene, type OrderScene } from '../../edge/workforce/order-scene.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];

describe('the expansion of permanent orders', function () {
  this.timeout(120_000);
  let scene: OrderScene;
  let operator: string;
  before(async () => {
    scene = await openOrderScene();
    operator = await scene.staffing.key({ operator: true });
  });
  after(() => scene.stop());

  const order = async (more: object = {}) => {
    const body = {
      hubId: scene.hubId,
      eventName: 'Desk',
      positions: [scene.position()],
      startDate: scene.day(0),
      daysOfWeek: everyDay,
      horizonDays: 10,
      ...more,
    };
    const answer = await scene.post('/client/orders/permanent', body);
    assert.equal(answer.status, 201, answer.text);
    return answer.body.orderId as string;
  };
  /** As if that many days had passed since it was last expanded: what was made for them is taken away. */
  const fallBehind = async (orderId: string, days: number) => {
    const { db } = scene.staffing;
    await db.none('update workforce.orders set expanded_to = expanded_to - $2::integer where id = $1', [orderId, days]);
    await db.none(
      'delete from workforce.shifts using workforce.orders where orders.id = $1 and order_id = $1 and date > expanded_to',
      [orderId],
    );
  };
  const run = async () => {
    const answer = await scene.staffing.call('POST', '/jobs/order-expansion', {
      token: operator,
      body: {},
      headers: { prefer: 'wait=20' },
      key: null,
    });
    assert.equal(answer.body.status, 'succeeded', answer.text);
    return answer.body.result;
  };
  const dates = async (orderId: string) =>
    (await scene.staffing.db.any('select date from workforce.shifts where order_id = $1 order by date', [orderId])).map(
      row => row.date,
    );
  const upTo = (days: number) => Array.from({ length: days }, (_, index) => scene.day(index));

  it('makes what is missing before the horizon, and a second time nothing', async () => {
    const orderId = await order();
    assert.deepEqual(await dates(orderId), upTo(10));
    await fallBehind(orderId, 3);
    assert.deepEqual(await run(), { orders: 1, shifts: 3 });
    assert.deepEqual(await dates(orderId), upTo(10));
    assert.deepEqual(await run(), { orders: 0, shifts: 0 });
  });

  it('makes shifts at the rates that were agreed on', async () => {
    const orderId = await order();
    await fallBehind(orderId, 1);
    const roleId = scene.vendor.roleIds[0];
    await scene.staffing.db.none('update workforce.vendor_roles set hourly_rate_cents = 9_900 where id = $1', [roleId]);
    await run();
    await scene.staffing.db.none('update workforce.vendor_roles set hourly_rate_cents = 2_500 where id = $1', [roleId]);
    const { id } = await scene.staffing.db.one(
      'select id from workforce.shifts where order_id = $1 order by date desc limit 1',
      [orderId],
    );
    assert.equal((await scene.roles(id))[0]!.rateCents, 2_500);
  });

  it('makes nothing for the days that have passed meanwhile', async () => {
    const orderId = await order();
    await fallBehind(orderId, 15);
    await run();
    assert.deepEqual(await dates(orderId), upTo(10));
  });

  it('stops at the end that an order was given, and at its cancelling', async () => {
    const ended = await order();
    await fallBehind(ended, 5);
    await scene.staffing.db.none('update workforce.orders set ends_on = $2 where id = $1', [ended, scene.day(6)]);
    const cancelled = await order();
    await fallBehind(cancelled, 5);
    await scene.post(`/client/orders/${cancelled}/cancel`, { reason: 'Enough.' });
    assert.deepEqual(await run(), { orders: 1, shifts: 2 });
    assert.deepEqual(await dates(ended), upTo(7));
    assert.equal((await dates(cancelled)).length, 5);
  });

  it('makes no day twice when two expand at once, nor beside an edit', async () => {
    const orderId = await order();
    const { db, dispatch } = scene.staffing.spine;
    const owned = { tenantId: scene.tenant.id, businessId: scene.client.businessId, orderId };
    const expand = () => transact({ db, dispatch }, tx => expandOrder(tx, owned));
    for (const eventName of ['Counter', 'Till', 'Door', 'Bar']) {
      await fallBehind(orderId, 8);
      const [edited, ...made] = await Promise.all([
        scene.post(`/client/orders/${orderId}/edit`, { eventName }),
        expand(),
        expand(),
        expand(),
      ]);
      assert.equal(edited.status, 200);
      assert.ok(made.filter(count => count !== null).length <= 1);
      assert.deepEqual(await dates(orderId), upTo(10));
    }
  });

  it('lets a filled order be open again', async () => {
    const orderId = await order({
      horizonDays: 2,
      startDate: scene.day(1),
      positions: [scene.position({ workersNeeded: 1 })],
    });
    await fallBehind(orderId, 1);
    const [{ id }] = (await scene.staffing.db.any('select id from workforce.shifts where order_id = $1', [
      orderId,
    ])) as [{ id: string }];
    await scene.book(await scene.staffing.addWorker(scene.tenant), id);
    const status = async () =>
      (await scene.staffing.db.one('select status from workforce.orders where id = $1', [orderId])).status;
    assert.equal(await status(), 'FILLED');
    await run();
    assert.equal(await status(), 'OPEN');
  });
});
