import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { transact } from '../../../../db/transact.ts';
import { eventually } from '../../../support/eventually.ts';
import { openMarket, type Market, type Person } from '../../../support/market.ts';
import { insertPaidOrder } from '../../../support/paid-order.ts';

describe('edge/marketplace/routes/invoices', function () {
  this.timeout(120_000);
  let market: Market;
  let [seller, buyer] = [] as unknown as [Person, Person];
  let track: string;
  before(async () => {
    market = await openMarket({ startingBalanceCents: { EUR: 10_000_000 } });
    [seller, buyer] = await Promise.all([market.joinSeller(), market.join()]);
    track = await market.addProduct(seller.id, { title: 'Zażółć gęślą jaźń' });
  });
  after(() => market?.stop());

  const get = async (orderId: string, what = 'invoice', headers: Record<string, string> = {}) => {
    const url = `${market.url}/api/v1/marketplace/orders/${orderId}/${what}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${buyer.token}`, ...headers } });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString('latin1') };
  };

  it('answers the same PDF each time, and a refund changes nothing in it', async () => {
    const { orderId, paymentId } = await market.paidOrder(buyer, [track]);
    const first = await get(orderId);
    assert.equal(first.status, 200, first.text.slice(0, 300));
    assert.equal(first.headers.get('content-type'), 'application/pdf');
    assert.match(first.headers.get('content-disposition')!, /^inline; filename="INV-\d{4}-\d{6}\.pdf"$/);
    assert.match(first.text, /^%PDF-1\.\d/);
    assert.equal((await get(orderId, 'invoice', { 'if-none-match': first.headers.get('etag')! })).status, 304);
    await market.call('POST', `/api/v1/marketplace/orders/${orderId}/refund`, {
      token: buyer.token,
      body: { reason: 'x' },
    });
    assert.equal((await get(orderId, 'credit-note')).status, 409);
    await market.settled();
    const [refund] = market.outside.hyperswitch.state().refunds.filter(row => row.payment_id === paymentId);
    await market.provider(`refunds/${refund!.refund_id}/settle`);
    const note = await eventually(async () => {
      const answer = await get(orderId, 'credit-note');
      assert.equal(answer.status, 200);
      return answer;
    });
    assert.match(note.headers.get('content-disposition')!, /CN-\d{4}-\d{6}\.pdf/);
    assert.deepEqual((await get(orderId)).bytes, first.bytes);
  });

  it('draws a file that the store has lost again, to the byte', async () => {
    const { orderId } = await market.paidOrder(buyer, [track]);
    const first = await get(orderId);
    await rm(join(market.outside.dir, 'files', 'invoices'), { recursive: true });
    const again = await get(orderId);
    assert.equal(again.status, 200);
    assert.equal(hashOf(again.bytes), hashOf(first.bytes));
  });

  it('gives the numbers of twenty orders that are paid at once without a gap, and none to one that fails', async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, () => market.order(buyer, [track])));
    const number = async (): Promise<number> =>
      (
        await market.db.one(
          "select coalesce(max(last_number), 0) as last from core.invoice_numbers where series = 'INV'",
        )
      ).last;
    const before = await number();
    await Promise.all(orders.map(({ payment }) => market.provider(`payments/${payment.id}/confirm`)));
    await eventually(async () => assert.equal(await number(), before + 20));
    const rows = await market.db.any("select number from core.invoices where series = 'INV' order by number");
    assert.deepEqual(
      rows.map(row => row.number),
      Array.from({ length: before + 20 }, (_, index) => index + 1),
    );
  });

  it('refuses an order that was not paid', async () => {
    const { order } = await market.order(buyer, [track]);
    const answer = await get(order.id);
    assert.equal(answer.status, 409);
    assert.equal(JSON.parse(answer.text).code, 'NOT_PAID');
  });

  it('answers 202 with the job to look at when nobody draws, and its buyer may look', async () => {
    const idle = await openMarket({ serve: { worker: false } });
    try {
      const [one, someone] = [await idle.join(), await idle.join()];
      const lines = [{ sellerId: one.id, title: 'x', quantity: 1, grossCents: 100 }];
      const { orderId } = await transact({ db: idle.db, dispatch: { send: () => undefined } }, tx =>
        insertPaidOrder(
          tx,
          { buyerId: someone.id, currency: 'EUR', lines, feeRate: 0.1 },
          { requestId: '0197e1f0-0000-7000-8000-000000000000', retryEnabled: true },
        ),
      );
      const answer = await idle.call('GET', `/api/v1/marketplace/orders/${orderId}/invoice`, { token: someone.token });
      assert.equal(answer.status, 202);
      const job = await idle.call('GET', answer.headers.get('location')!, { token: someone.token });
      assert.deepEqual([job.status, job.body.kind], [200, 'invoice-pdf']);
    } finally {
      await idle.stop();
    }
  });
});

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
