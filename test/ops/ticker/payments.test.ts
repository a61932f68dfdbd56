import assert from 'node:assert/strict';
import { reconcilePaymentsOnce } from '../../../ops/ticker/payments.ts';
import { eventually } from '../../support/eventually.ts';
import { openMarket, type Market, type Person } from '../../support/market.ts';

describe('ops/ticker/payments', function () {
  this.timeout(120_000);
  let market: Market;
  let [seller, buyer] = [] as unknown as [Person, Person];
  let track: string;
  before(async () => {
    market = await openMarket({ startingBalanceCents: { EUR: 10_000_000 } });
    // Nothing that the provider says arrives.
    market.outside.hyperswitch.setWebhookUrl('http://127.0.0.1:9/');
    [seller, buyer] = await Promise.all([market.joinSeller(), market.join()]);
    track = await market.addProduct(seller.id);
  });
  after(() => market?.stop());
  afterEach(() => market.outside.hyperswitch.clear());

  const reconcile = () => reconcilePaymentsOnce({ ...market.spine, ports: market.outside.ports });
  const statusOf = async (id: string) => (await market.orderOf(buyer, id)).status;
  const age = (id: string, interval: string) =>
    market.db.none(
      'update marketplace.orders set created_at = created_at - $2::interval, check_at = check_at - $2::interval where id = $1',
      [id, interval],
    );

  it('completes an order whose webhook was lost, once, however many ask', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    await market.provider(`payments/${payment.id}/confirm`);
    await reconcile();
    assert.equal(await statusOf(order.id), 'pending', 'not before half an hour');
    await age(order.id, '31 minutes');
    await Promise.all([reconcile(), reconcile(), reconcile()]);
    assert.equal(await statusOf(order.id), 'completed');
    const { made } = await market.db.one('select count(*) as made from marketplace.transfers where order_id = $1', [
      order.id,
    ]);
    assert.equal(made, 1);
  });

  it('asks again later about an order that nobody has paid, and lets it expire after a day, its payment cancelled', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    await age(order.id, '31 minutes');
    await reconcile();
    assert.equal(await statusOf(order.id), 'pending');
    const { checkAt } = await market.orderOf(buyer, order.id);
    assert.ok(checkAt && checkAt.getTime() > Date.now() + 20 * 60_000);
    await age(order.id, '24 hours');
    await reconcile();
    const row = await market.orderOf(buyer, order.id);
    assert.deepEqual([row.status, row.checkAt], ['expired', null]);
    assert.equal((await market.outside.ports.hyperswitch.retrievePayment(payment.id))?.state, 'cancelled');
  });

  it('expires an order whose payment never reached the provider', async () => {
    market.outside.hyperswitch.arm({ on: 'payments.create', fault: 'drop_before' });
    const person = await market.join();
    await assert.rejects(market.order(person, [track]), /503/);
    const { id } = await market.db.one('select id from marketplace.orders where buyer_id = $1', [person.id]);
    await age(id, '25 hours');
    await reconcile();
    assert.equal((await market.orderOf(person, id)).status, 'expired');
  });

  it('expires nothing while the provider is away, and goes on with the others', async () => {
    const { order } = await market.order(buyer, [track]);
    const paid = await market.order(buyer, [track]);
    await market.provider(`payments/${paid.payment.id}/confirm`);
    for (const { order: made } of [{ order }, paid]) await age(made.id, '25 hours');
    market.outside.hyperswitch.arm({ on: 'payments.retrieve', fault: 'server_error' });
    await reconcile();
    const statuses = [await statusOf(order.id), await statusOf(paid.order.id)].sort();
    assert.ok(statuses.includes('pending'), statuses.join());
    for (const { order: made } of [{ order }, paid]) await age(made.id, '10 minutes');
    await reconcile();
    // What was paid before the order expired counts, whenever we hear of it.
    assert.deepEqual([await statusOf(order.id), await statusOf(paid.order.id)], ['expired', 'completed']);
  });

  it('settles a refund whose webhook was lost, and sends one again that never arrived', async () => {
    const { order, payment } = await market.order(buyer, [track]);
    await market.provider(`payments/${payment.id}/confirm`);
    await age(order.id, '31 minutes');
    await reconcile();
    await market.call('POST', `/api/v1/marketplace/orders/${order.id}/refund`, {
      token: buyer.token,
      body: { reason: 'No' },
    });
    const refundId = await eventually(() => {
      const [refund] = market.outside.hyperswitch.state().refunds.filter(row => row.payment_id === payment.id);
      assert.ok(refund);
      return refund.refund_id;
    });
    await market.provider(`refunds/${refundId}/settle`);
    await market.db.none('update marketplace.refunds set check_at = now() where order_id = $1', [order.id]);
    await Promise.all([reconcile(), reconcile()]);
    assert.equal(await statusOf(order.id), 'refunded');
  });
});
