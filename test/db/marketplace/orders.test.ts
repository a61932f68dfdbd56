import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { insertPaidOrder } from '../../support/paid-order.ts';
import { listTransfers } from '../../../db/marketplace/transfers.ts';
import { openTransferScene, type TransferScene } from '../../support/transfer-scene.ts';

describe('db/marketplace/orders', () => {
  let scene: TransferScene;
  before(async function () {
    this.timeout(60_000);
    scene = await openTransferScene();
  });
  after(() => scene.stop());
  const jobs = { requestId: randomUUID(), retryEnabled: true };

  it('makes one transfer per seller of a paid order, the fee rounded once per seller, with a job where one can be paid', async () => {
    const [payable, waiting] = [await scene.addSeller(), await scene.addSeller({ account: false })];
    const line = (sellerId: string, grossCents: number) => ({ sellerId, title: 'A track', quantity: 1, grossCents });
    const lines = [line(payable, 2999), line(waiting, 14), line(payable, 1006)];
    const order = { buyerId: scene.buyerId, currency: 'EUR', lines, feeRate: 0.1 };
    const { orderId, transfers } = await scene.transact(tx => insertPaidOrder(tx, order, jobs));
    const rows = await Promise.all(transfers.map(({ id }) => scene.transfer(id)));
    const bySeller = new Map(rows.map(row => [row.sellerId, [row.amountCents, row.platformFeeCents, row.status]]));
    assert.equal(rows.length, 2);
    assert.deepEqual(bySeller.get(payable), [3604, 401, 'pending']);
    assert.deepEqual(bySeller.get(waiting), [13, 1, 'pending']);
    for (const { sellerId, jobId } of transfers) assert.equal(jobId !== null, sellerId === payable);
    const { totalCents } = await scene.db.one<{ totalCents: number }>(
      'select total_cents from marketplace.orders where id = $1',
      [orderId],
    );
    assert.equal(totalCents, 4019);
  });

  it('makes nothing at all if the transaction fails', async () => {
    const seller = await scene.addSeller();
    const lines = [{ sellerId: seller, title: 'A track', quantity: 1, grossCents: 2999 }];
    const order = { buyerId: scene.buyerId, currency: 'EUR', lines, feeRate: 0.1 };
    const failing = scene.transact(async tx => {
      await insertPaidOrder(tx, order, jobs);
      throw new Error('no');
    });
    await assert.rejects(failing, /no/);
    const filter = { status: null, sellerId: seller, from: null, to: null };
    assert.equal((await listTransfers(scene.db, filter, { limit: 20, offset: 0 })).total, 0);
  });

  it('lists by status, seller and time of creation, newest first, a page at a time', async () => {
    const seller = await scene.addSeller();
    const ids: string[] = [];
    for (let days = 0; days < 5; days += 1) {
      const { id } = await scene.pay(seller);
      await scene.age(id, `${days} days`);
      ids.push(id);
    }
    await scene.db.none(`update marketplace.transfers set status = 'failed' where id = any($1::uuid[])`, [
      ids.slice(0, 2),
    ]);
    const all = { status: null, sellerId: seller, from: null, to: null };
    const list = async (filter: object, limit = 20, offset = 0) => {
      const { transfers, total } = await listTransfers(scene.db, { ...all, ...filter }, { limit, offset });
      return { ids: transfers.map(row => row.id), total };
    };
    assert.deepEqual(await list({}), { ids, total: 5 });
    assert.deepEqual(await list({}, 2, 1), { ids: ids.slice(1, 3), total: 5 });
    assert.deepEqual(await list({}, 2, 9), { ids: [], total: 5 });
    assert.deepEqual(await list({ status: 'failed' }), { ids: ids.slice(0, 2), total: 2 });
    const { createdAt } = await scene.transfer(String(ids[2]));
    const after = new Date(createdAt.getTime() + 1);
    assert.deepEqual(await list({ from: createdAt }), { ids: ids.slice(0, 3), total: 3 });
    assert.deepEqual(await list({ from: createdAt, to: after }), { ids: [ids[2]], total: 1 });
  });
});
