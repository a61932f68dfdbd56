import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../support/eventually.ts';
import { openMarket, type Market, type Person } from '../../../support/market.ts';

describe('edge/marketplace/routes/refunds', function () {
  this.timeout(120_000);
  let market: Market;
  let [seller, waiting, buyer] = [] as unknown as [Person, Person, Person];
  let [track, unpaid] = [] as unknown as [string, string];
  before(async () => {
    market = await openMarket({ startingBalanceCents: { EUR: 10_000_000 } });
    [seller, waiting, buyer] = await Promise.all([market.joinSeller(), market.join(), market.join()]);
    track = await market.addProduct(seller.id);
    unpaid = await market.addProduct(waiting.id, { priceCents: 1_000 });
  });
  after(() => market?.stop());
  afterEach(() => market.outside.hyperswitch.clear());

  const ask = (orderId: string, token = buyer.token, body: unknown = { reason: 'Not as described' }, key?: string) =>
    market.call('POST', `/api/v1/marketplace/orders/${orderId}/refund`, {
      token,
      body,
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    });
  const statusOf = async (id: string) => (await market.orderOf(buyer, id)).status;
  const transfersOf = async (id: string): Promise<Record<string, string>> => {
    const rows = await market.db.any('select seller_id, status from marketplace.transfers where order_id = $1', [id]);
    return Object.fromEntries(rows.map(row => [row.sellerId, row.status]));
  };
  const refundsAt = (paymentId: string) =>
    market.outside.hyperswitch.state().refunds.filter(refund => refund.payment_id === paymentId);
  /** An order whose one transfer is paid and whose other waits. */
  const halfPaid = async () => {
    const paid = await market.paidOrder(buyer, [track, unpaid]);
    await eventually(async () => assert.equal((await transfersOf(paid.orderId))[seller.id], 'completed'));
    return paid;
  };
  /** The provider has taken the refund. */
  const sent = (paymentId: string) =>
    eventually(() => {
      const [refund] = refundsAt(paymentId).slice(-1);
      assert.ok(refund);
      return refund.refund_id;
    });

  it('holds what is unpaid, and on the provider’s word takes back what is paid and issues a credit note', async () => {
    const { orderId, paymentId } = await halfPaid();
    const answer = await ask(orderId);
    assert.deepEqual([answer.status, answer.body], [200, { success: true, data: { message: 'Refund initiated' } }]);
    assert.deepEqual(await transfersOf(orderId), { [seller.id]: 'completed', [waiting.id]: 'held' });
    const refundId = await sent(paymentId);
    assert.equal(await statusOf(orderId), 'refund_pending');
    await market.provider(`refunds/${refundId}/settle`);
    await eventually(async () => {
      assert.equal(await statusOf(orderId), 'refunded');
      assert.deepEqual(await transfersOf(orderId), { [seller.id]: 'reversed', [waiting.id]: 'cancelled' });
    });
    const { body } = await market.call('GET', `/api/v1/marketplace/orders/${orderId}`, { token: buyer.token });
    assert.deepEqual([body.data.refund.status, body.data.refund.amount_cents], ['succeeded', 3_999]);
    assert.match(body.data.refund.credit_note_number, /^CN-\d{4}-\d{6}$/);
    assert.match(body.data.invoice.number, /^INV-/);
    assert.equal((await ask(orderId)).body.code, 'ALREADY_REFUNDED');
  });

  it('pays what was held when the refund fails, and lets it be asked for again', async () => {
    const { orderId, paymentId } = await halfPaid();
    await ask(orderId);
    await market.provider(`refunds/${await sent(paymentId)}/settle`, { outcome: 'failed' });
    await eventually(async () => {
      assert.equal(await statusOf(orderId), 'completed');
      assert.equal((await transfersOf(orderId))[waiting.id], 'pending');
    });
    assert.equal((await ask(orderId)).status, 200);
    await eventually(() => assert.equal(refundsAt(paymentId).length, 2));
  });

  it('makes one refund of twenty that are asked for at once, by both sides', async () => {
    const { orderId, paymentId } = await market.paidOrder(buyer, [track]);
    const tokens = Array.from({ length: 20 }, (_, index) => (index % 2 ? seller.token : buyer.token));
    const answers = await Promise.all(tokens.map(token => ask(orderId, token)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 19 }, () => 409)]);
    await sent(paymentId);
    await market.settled();
    assert.equal(refundsAt(paymentId).length, 1);
  });

  it('answers a repeated key with the first answer', async () => {
    const { orderId } = await market.paidOrder(buyer, [track]);
    const key = randomUUID();
    assert.equal((await ask(orderId, buyer.token, undefined, key)).status, 200);
    const again = await ask(orderId, buyer.token, undefined, key);
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true']);
  });

  it('refuses orders that are not paid, not theirs, or paid more than two weeks ago', async () => {
    const { order } = await market.order(buyer, [track]);
    assert.deepEqual([(await ask(order.id)).status, (await ask(order.id)).body.code], [409, 'ORDER_NOT_REFUNDABLE']);
    const { orderId } = await market.paidOrder(buyer, [track]);
    assert.equal((await ask(orderId, waiting.token)).status, 404);
    assert.equal((await ask(randomUUID())).status, 404);
    assert.equal((await ask(orderId, buyer.token, { reason: '  ' })).status, 400);
    await market.db.none("update marketplace.orders set paid_at = now() - interval '14 days 1 minute' where id = $1", [
      orderId,
    ]);
    assert.equal((await ask(orderId)).body.code, 'REFUND_TOO_LATE');
  });

  it('settles by the webhook only, even if the provider settles while it is asked', async () => {
    const { orderId, paymentId } = await market.paidOrder(buyer, [track]);
    await eventually(async () => assert.equal((await transfersOf(orderId))[seller.id], 'completed'));
    // The webhook is under way while the answer to our request is still out.
    market.outside.hyperswitch.arm({ on: 'refunds.create', fault: 'drop_after' });
    await ask(orderId);
    const refundId = await sent(paymentId);
    await market.provider(`refunds/${refundId}/settle`);
    await eventually(async () => assert.equal(await statusOf(orderId), 'refunded'));
    await eventually(async () => assert.equal((await transfersOf(orderId))[seller.id], 'reversed'));
    assert.equal(refundsAt(paymentId).length, 1);
  });

  it('fails a refund that the provider refuses to take, and pays the sellers after all', async () => {
    const { orderId } = await market.paidOrder(buyer, [unpaid]);
    // The provider knows of no such payment.
    await market.db.none("update marketplace.orders set payment_id = 'pay_that_nobody_knows_of______' where id = $1", [
      orderId,
    ]);
    assert.equal((await ask(orderId)).status, 200);
    await eventually(async () => {
      assert.equal(await statusOf(orderId), 'completed');
      assert.equal((await transfersOf(orderId))[waiting.id], 'pending');
    });
    const { body } = await market.call('GET', `/api/v1/marketplace/orders/${orderId}`, { token: buyer.token });
    assert.equal(body.data.refund.status, 'failed');
  });

  it('raises a refund that the provider has paid after saying that it failed, and settles it', async () => {
    const { orderId, paymentId } = await market.paidOrder(buyer, [unpaid]);
    await ask(orderId);
    const refundId = await sent(paymentId);
    await market.provider(`refunds/${refundId}/settle`, { outcome: 'failed' });
    await eventually(async () => assert.equal(await statusOf(orderId), 'completed'));
    const object = { refund_id: refundId, payment_id: paymentId, amount: 1_000, currency: 'EUR' };
    await market.webhook({ event_id: randomUUID(), event_type: 'refund_succeeded', content: { object } });
    await eventually(async () => assert.equal(await statusOf(orderId), 'refunded'));
    assert.equal((await transfersOf(orderId))[waiting.id], 'cancelled');
  });

  it('does not settle on a webhook over another amount', async () => {
    const { orderId, paymentId } = await market.paidOrder(buyer, [unpaid]);
    await ask(orderId);
    const object = { refund_id: await sent(paymentId), amount: 999, currency: 'EUR' };
    await market.webhook({ event_id: randomUUID(), event_type: 'refund_succeeded', content: { object } });
    await market.settled();
    assert.equal(await statusOf(orderId), 'refund_pending');
    const { open } = await market.db.one("select count(*) as open from core.alerts where kind = 'refund_mismatch'");
    assert.ok(open >= 1);
  });
});
