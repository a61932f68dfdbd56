import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../support/eventually.ts';
import { codeOf, openOrderScene, type OrderScene } from '../order-scene.ts';

describe('edge/workforce/routes: cancelling orders', function () {
  this.timeout(120_000);
  let scene: OrderScene;
  before(async () => {
    scene = await openOrderScene();
  });
  after(() => scene.stop());

  const cancel = (orderId: string, key?: string) =>
    scene.post(`/client/orders/${orderId}/cancel`, { reason: 'It rains.' }, key);
  const worker = () => scene.staffing.addWorker(scene.tenant);
  const mailsTo = (email: string) => scene.staffing.outside.outbox.mails().filter(mail => mail.to.includes(email));

  it('cancels what is to come, frees its places, and tells everybody assigned exactly once', async () => {
    const { orderId, shiftIds } = await scene.series();
    const [begun, ...coming] = shiftIds as [string, ...string[]];
    const [jo, kim, early] = [await worker(), await worker(), await worker()];
    await scene.book(early, begun);
    await scene.begin(begun);
    for (const shiftId of coming) await scene.book(jo, shiftId);
    await scene.apply(kim, coming[0]!);
    const key = randomUUID();
    const { status, body } = await cancel(orderId, key);
    assert.equal(status, 200);
    assert.deepEqual([body.status, body.cancelReason], ['CANCELLED', 'It rains.']);
    assert.deepEqual(
      body.shifts.map((shift: { status: string; workersBooked: number }) => [shift.status, shift.workersBooked]),
      [
        ['OPEN', 1],
        ['CANCELLED', 0],
        ['CANCELLED', 0],
        ['CANCELLED', 0],
      ],
    );
    assert.deepEqual(
      (await scene.assignments(coming[0]!)).map(assignment => assignment.status),
      ['CANCELLED', 'CANCELLED'],
    );
    assert.deepEqual(await scene.assignments(begun), [{ staffId: early.staffId, status: 'ACCEPTED' }]);
    assert.equal(await codeOf(cancel(orderId, key)), '200');
    assert.equal(await codeOf(cancel(orderId)), '409 INVALID_ORDER_STATE');
    const [notice, ...more] = await scene.notices(jo);
    assert.deepEqual(more, []);
    assert.deepEqual([notice!.type, notice!.title], ['ORDER_CANCELLED', '3 of your shifts were cancelled']);
    assert.deepEqual(notice!.data, { orderId, dates: [2, 3, 4].map(scene.day) });
    assert.equal((await scene.notices(kim)).length, 1);
    assert.deepEqual(await scene.notices(early), []);
    const [mail, ...others] = await eventually(() => {
      const mails = mailsTo(jo.email);
      assert.ok(mails.length > 0);
      return mails;
    });
    assert.deepEqual(others, []);
    assert.deepEqual([mail!.subject, mail!.text.trim(), mail!.deliveries], [notice!.title, notice!.body, 1]);
    assert.deepEqual(mailsTo(early.email), []);
  });

  it('refuses an order that has begun altogether', async () => {
    const { orderId, shiftIds } = await scene.order();
    await scene.begin(shiftIds[0]!);
    assert.equal(await codeOf(cancel(orderId)), '409 NO_FUTURE_SHIFTS');
  });

  it('leaves no worker in a cancelled shift who applied in that moment', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { orderId, shiftIds } = await scene.order({ positions: [scene.position({ workersNeeded: 4 })] });
      const workers = await Promise.all(Array.from({ length: 4 }, worker));
      const [first, second, ...rest] = workers;
      const [cancelled, ...applied] = await Promise.all([
        cancel(orderId),
        ...[first, second, ...rest].map(staff => scene.apply(staff!, shiftIds[0]!)),
      ]);
      assert.equal(cancelled.status, 200);
      for (const answer of applied)
        assert.ok(answer.status < 300 || answer.body.code === 'SHIFT_NOT_OPEN', `${answer.status} ${answer.text}`);
      const left = (await scene.assignments(shiftIds[0]!)).map(assignment => assignment.status);
      assert.deepEqual(
        left,
        left.map(() => 'CANCELLED'),
      );
      assert.equal(left.length, applied.filter(answer => answer.status < 300).length);
      assert.equal((await scene.roles(shiftIds[0]!))[0]!.workersBooked, 0);
      for (const [index, staff] of workers.entries())
        assert.equal((await scene.notices(staff)).length, applied[index]!.status < 300 ? 1 : 0);
    }
  });
});
