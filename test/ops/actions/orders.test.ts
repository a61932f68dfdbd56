import assert from 'node:assert/strict';
import { getTransfer } from '../../../db/marketplace/transfers.ts';
import { makeUpPaidOrder } from '../../../ops/actions/orders.ts';
import { createMarketplaceAdmin } from '../../../ops/actions/users.ts';
import { readConfig } from '../../../shared/config.ts';
import { operator, Rows } from './rows.ts';

describe('operators and the marketplace', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());

  const account = { username: 'ada', email: 'ada@example.com', password: 'correct horse' };
  const order = {
    buyerEmail: account.email,
    sellerEmail: 'ADA@example.com',
    currency: 'EUR',
    grossCents: 2_999,
    title: 'A thing',
  };

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

  it('makes up a paid order whose transfer waits for its seller', async () => {
    const { transferId, jobId } = await makeUpPaidOrder(rows, order, operator);
    assert.equal(jobId, null);
    const transfer = await getTransfer(rows.db, transferId);
    assert.deepEqual([transfer?.status, transfer?.amountCents, transfer?.platformFeeCents], ['pending', 2_699, 300]);
  });

  it('makes up no order where a real provider would pay it', async () => {
    const real = readConfig({ STRIPE_SECRET_KEY: 'sk_live_x' });
    await assert.rejects(makeUpPaidOrder({ db: rows.db, dispatch: rows.dispatch, config: real }, order, operator), {
      code: 'forbidden',
    });
    await assert.rejects(makeUpPaidOrder(rows, { ...order, buyerEmail: 'no@example.com' }, operator), {
      code: 'not_found',
    });
  });
});
