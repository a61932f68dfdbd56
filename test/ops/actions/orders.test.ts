import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { captureOrder, insertOrder, lockOrder, moveOrder } from '../../../db/marketplace/orders.ts';
import { transact } from '../../../db/transact.ts';
import { refundOrder } from '../../../ops/actions/orders.ts';
import { createMarketplaceAdmin } from '../../../ops/actions/users.ts';
import { operator, Rows } from './rows.ts';

describe('operators and the marketplace', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());

  const account = { username: 'ada', email: 'ada@example.com', password: 'correct horse' };

  it('makes an administrator once, without a password in the audit', async () => {
    const user = await createMarketplaceAdmin(rows, account, operator);
    assert.equal(user.role, 'admin');
    const audit = await rows.lastAudit();
    assert.deepEqual([audit?.action, audit?.subject], ['user.create-admin', user.id]);
    assert.ok(!JSON.stringify(audit).includes(account.password));
    await assert.rejects(createMarketplaceAdmin(rows, account, operator), { code: 'conflict' });
    await assert.rejects(createMarketplaceAdmin(rows, { ...account, password: 'short' }, operator), {
      code: 'invalid',
    });
  });

  it('sends the money of a held order back, all that was captured, and once', async () => {
    const { id: buyerId } = await rows.db.one("select id from marketplace.users where username = 'ada'");
    const line = {
      productId: null,
      sellerId: buyerId,
      title: 'x',
      quantity: 1,
      unitCents: 500,
      grossCents: 500,
      taxRate: 0,
    };
    const orderId = await transact(rows, async tx => {
      const order = await insertOrder(tx, {
        buyerId,
        currency: 'EUR',
        paymentMethod: 'card',
        lines: [line],
        idemKey: null,
      });
      await captureOrder(tx, order!.id, { capturedCents: 499, capturedCurrency: 'EUR' });
      await moveOrder(tx, order!.id, 'held');
      return order!.id;
    });
    await refundOrder(rows, orderId, operator);
    const refund = await rows.db.one('select amount_cents, order_was from marketplace.refunds where order_id = $1', [
      orderId,
    ]);
    assert.deepEqual([refund.amountCents, refund.orderWas], [499, 'held']);
    assert.equal((await transact(rows, tx => lockOrder(tx, orderId)))?.status, 'refund_pending');
    assert.deepEqual([(await rows.lastAudit())?.action, (await rows.lastAudit())?.subject], ['order.refund', orderId]);
    await assert.rejects(refundOrder(rows, orderId, operator), { code: 'conflict' });
    await assert.rejects(refundOrder(rows, randomUUID(), operator), { code: 'not_found' });
  });
});
