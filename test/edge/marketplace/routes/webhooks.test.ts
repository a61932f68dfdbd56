import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { signWebhook } from '../../../../shared/hyperswitch-signature.ts';
import { eventually } from '../../../support/eventually.ts';
import { openMarket, type Market, type Person } from '../../../support/market.ts';

describe('edge/marketplace/routes/webhooks', function () {
  this.timeout(120_000);
  let market: Market;
  let [seller, buyer] = [] as unknown as [Person, Person];
  let track: string;
  before(async () => {
    market = await openMarket({ startingBalanceCents: { EUR: 10_000_000 } });
    [seller, buyer] = await Promise.all([market.joinSeller(), market.join()]);
    track = await market.addProduct(seller.id);
  });
  after(() => market?.stop());

  const paid = (paymentId: string, more: Record<string, unknown> = {}) => ({
    event_id: randomUUID(),
    event_type: 'payment_succeeded',
    content: {
      type: 'payment_details',
      object: { payment_id: paymentId, amount_received: 2999, currency: 'EUR', ...more },
    },
  });
  const statusOf = async (id: string) => (await market.orderOf(buyer, id)).status;
  const transfersOf = async (id: string): Promise<number> =>
    (await market.db.one('select count(*) as made from marketplace.transfers where order_id = $1', [id])).made;
  const alertsOf = async (kind: string, subject: string): Promise<number> =>
    (await market.db.one('select count(*) as open from core.alerts where kind = $1 and subject = $2', [kind, subject]))
      .open;
  const outcomes = async (): Promise<string[]> =>
    (await market.db.any('select outcome from marketplace.payment_events order by id')).map(row => row.outcome);

  it('completes an order once, of a webhook that comes a hundred times at once', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    const event = paid(payment.id);
    const answers = await Promise.all(Array.from({ length: 100 }, () => market.webhook(event)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.equal(answers.filter(({ body }) => body.data.message === 'recorded').length, 1);
    await market.settled();
    assert.equal(await statusOf(order.id), 'completed');
    assert.equal(await transfersOf(order.id), 1);
    const { deliveries } = await market.db.one(
      'select deliveries from marketplace.payment_events where event_key = $1',
      [`id:${event.event_id}`],
    );
    assert.equal(deliveries, 100);
  });

  it('takes a second event about the same payment, and changes nothing', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    await Promise.all([
      market.webhook(paid(payment.id)),
      market.webhook(paid(payment.id)),
      market.webhook(paid(payment.id)),
    ]);
    await market.settled();
    assert.equal(await transfersOf(order.id), 1);
    assert.deepEqual((await outcomes()).slice(-3).sort(), ['completed', 'repeated', 'repeated']);
    const { made } = await market.db.one(
      "select count(*) as made from core.invoices where subject = $1 and kind = 'invoice'",
      [order.id],
    );
    assert.equal(made, 1);
  });

  it('reads the older form of an event too, by either header, and tells repeats by their bytes', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    const event = { event: 'payment.succeeded', payment_id: payment.id, amount: 2999, currency: 'eur' };
    const header = 'x-hyperswitch-signature';
    assert.equal((await market.webhook(event, { header })).body.data.message, 'recorded');
    assert.equal((await market.webhook(event, { header })).body.data.message, 'known');
    await market.settled();
    assert.equal(await statusOf(order.id), 'completed');
  });

  it('holds an order whose captured amount or currency is not its own, and tells a person', async () => {
    for (const more of [{ amount_received: 2998 }, { currency: 'USD' }, { amount_received: undefined }]) {
      const { order, payment } = await market.order(buyer, [track]);
      await market.webhook(paid(payment.id, more));
      await market.settled();
      assert.equal(await statusOf(order.id), 'held', JSON.stringify(more));
      assert.equal(await transfersOf(order.id), 0);
      assert.equal(await alertsOf('payment_mismatch', order.id), 1);
    }
  });

  it('lets a failed payment be paid after all, and no late failure undo a payment', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    await market.webhook({ ...paid(payment.id), event_type: 'payment_failed' });
    await market.settled();
    assert.equal(await statusOf(order.id), 'failed');
    await market.webhook(paid(payment.id));
    await market.settled();
    assert.equal(await statusOf(order.id), 'completed');
    await market.webhook({ ...paid(payment.id), event_type: 'payment_failed' });
    await market.webhook({ ...paid(payment.id), event_type: 'payment_processing' });
    await market.settled();
    assert.equal(await statusOf(order.id), 'completed');
  });

  it('sends a late payment back', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    await market.db.none("update marketplace.orders set status = 'expired', check_at = null where id = $1", [order.id]);
    await market.provider(`payments/${payment.id}/confirm`);
    await eventually(async () => assert.equal(await statusOf(order.id), 'refund_pending'));
    await market.settled();
    assert.equal(await transfersOf(order.id), 0);
    const [refund] = market.outside.hyperswitch.state().refunds.filter(row => row.payment_id === payment.id);
    assert.equal(refund?.amount, 2999);
    await market.provider(`refunds/${refund.refund_id}/settle`, { outcome: 'failed' });
    await eventually(async () => assert.equal(await statusOf(order.id), 'expired'));
    assert.equal(await alertsOf('payment_not_refunded', order.id), 1);
  });

  it('freezes transfers while a dispute is open, and undoes them when it is lost', async () => {
    const waiting = await market.join(); // a seller without an account: their transfers wait
    const product = await market.addProduct(waiting.id);
    const dispute = (state: string, paymentId: string, id: string) => ({
      event_id: randomUUID(),
      event_type: `dispute_${state}`,
      content: { object: { dispute_id: id, payment_id: paymentId, amount: '2999', currency: 'EUR' } },
    });
    const transferStatus = async (orderId: string) =>
      (await market.db.one('select status from marketplace.transfers where order_id = $1', [orderId])).status;
    const won = await market.paidOrder(buyer, [product]);
    await market.webhook(dispute('opened', won.paymentId, 'dp_won'));
    await market.settled();
    assert.deepEqual([await statusOf(won.orderId), await transferStatus(won.orderId)], ['disputed', 'held']);
    await market.webhook(dispute('won', won.paymentId, 'dp_won'));
    await market.webhook(dispute('opened', won.paymentId, 'dp_won'));
    await market.settled();
    assert.deepEqual([await statusOf(won.orderId), await transferStatus(won.orderId)], ['completed', 'pending']);
    const lost = await market.paidOrder(buyer, [product]);
    await market.webhook(dispute('lost', lost.paymentId, 'dp_lost'));
    await market.settled();
    assert.deepEqual([await statusOf(lost.orderId), await transferStatus(lost.orderId)], ['charged_back', 'cancelled']);
  });

  it('refuses a wrong signature, and keeps nothing of it but its hash, size and address', async () => {
    const before = (await outcomes()).length;
    const event = paid('pay_x');
    const wrong = await market.webhook(event, { secret: 'another secret' });
    assert.deepEqual([wrong.status, wrong.body.code], [401, 'BAD_SIGNATURE']);
    const missing = await market.call('POST', '/api/v1/webhooks/hyperswitch', { body: event });
    assert.equal(missing.status, 401);
    assert.equal((await outcomes()).length, before);
    const [refused] = await market.db.any(
      'select size_bytes from marketplace.refused_webhooks order by id desc limit 1',
    );
    assert.equal(refused.sizeBytes, Buffer.byteLength(JSON.stringify(event)));
  });

  it('refuses what is too large, and what is signed but no event', async () => {
    const big = await market.webhook({ event: 'x', padding: 'x'.repeat(70_000) });
    assert.equal(big.status, 413);
    for (const body of [{}, [], { event_type: 5 }, { event_id: 'x'.repeat(300), event_type: 'payment_failed' }]) {
      assert.equal((await market.webhook(body)).status, 400, JSON.stringify(body).slice(0, 80));
    }
    const raw = Buffer.from('{"event":');
    const signature = signWebhook(raw, market.outside.hyperswitch.webhookSecret);
    const response = await fetch(`${market.url}/api/v1/webhooks/hyperswitch`, {
      method: 'POST',
      headers: { 'x-hyperswitch-signature': signature },
      body: raw,
    });
    assert.equal(response.status, 400);
  });

  it('records an event that it does not know, and raises one that it can’t read or that is about nothing of ours', async () => {
    await market.webhook({ event_id: randomUUID(), event_type: 'mandate_active', content: { object: {} } });
    await market.webhook({ event_id: randomUUID(), event_type: 'payment_succeeded', content: { object: {} } });
    await market.webhook(paid('pay_of_somebody_else'));
    await market.settled();
    assert.deepEqual((await outcomes()).slice(-3).sort(), ['incomplete', 'unknown_payment', 'unknown_type']);
    assert.equal(await alertsOf('payment_unknown', 'pay_of_somebody_else'), 1);
  });
});
