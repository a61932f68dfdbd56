import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../support/eventually.ts';
import { openMarket, type Market, type Person } from '../../../support/market.ts';

describe('edge/marketplace/routes/orders', function () {
  this.timeout(120_000);
  let market: Market;
  let [seller, other, buyer] = [] as unknown as [Person, Person, Person];
  let track: string;
  before(async () => {
    market = await openMarket();
    [seller, other, buyer] = await Promise.all([market.joinSeller(), market.joinSeller(), market.join()]);
    track = await market.addProduct(seller.id);
  });
  after(() => market?.stop());
  afterEach(() => market.outside.hyperswitch.clear());

  const post = (body: unknown, token = buyer.token, headers: Record<string, string> = {}) =>
    market.call('POST', '/api/v1/marketplace/orders', { body, token, headers });
  const items = (...pairs: [string, number][]) => pairs.map(([product_id, quantity]) => ({ product_id, quantity }));
  const ordersOf = async ({ id }: Person): Promise<number> =>
    (await market.db.one('select count(*) as made from marketplace.orders where buyer_id = $1', [id])).made;

  it('makes a pending order at the catalogue’s prices and begins its payment', async () => {
    const answer = await post({ items: items([track, 2]), payment_method: 'manual' });
    assert.equal(answer.status, 201, answer.text);
    const { order, payment } = answer.body.data;
    assert.deepEqual(Object.keys(answer.body.data), ['order', 'payment']);
    assert.deepEqual(
      [order.status, order.total_cents, order.currency, order.items.length],
      ['pending', 5998, 'EUR', 1],
    );
    assert.deepEqual(order.items[0], {
      product_id: track,
      seller_id: seller.id,
      title: 'A track',
      quantity: 2,
      price_cents: 2999,
      total_cents: 5998,
      tax_rate: 0.23,
    });
    assert.ok(payment.client_secret && payment.status);
    const made = await market.outside.ports.hyperswitch.retrievePayment(payment.id);
    assert.deepEqual([made?.amountCents, made?.currency, made?.metadata['order_id']], [5998, 'EUR', order.id]);
  });

  it('counts a product that is named twice together, and takes no price from the client', async () => {
    const twice = await post({ items: items([track, 1], [track, 2]) });
    assert.equal(twice.body.data.order.total_cents, 3 * 2999);
    const cheap = await post({ items: [{ product_id: track, quantity: 1, price_cents: 1 }] });
    assert.equal(cheap.status, 400);
  });

  it('sells at the price of the moment, and keeps it', async () => {
    const product = await market.addProduct(seller.id, { priceCents: 1_000 });
    const { order } = await market.order(buyer, [product]);
    await market.db.none('update marketplace.products set price_cents = 9900 where id = $1', [product]);
    const { body } = await market.call('GET', `/api/v1/marketplace/orders/${order.id}`, { token: buyer.token });
    assert.equal(body.data.total_cents, 1_000);
    assert.equal(body.data.items[0].price_cents, 1_000);
  });

  it('refuses what nobody can buy', async () => {
    const dollars = await market.addProduct(other.id, { currency: 'USD' });
    const dear = await market.addProduct(other.id, { priceCents: 90_000_000 });
    const cases: [unknown, number, string][] = [
      [{ items: items([randomUUID(), 1]) }, 404, 'PRODUCT_NOT_FOUND'],
      [{ items: items([track, 1], [dollars, 1]) }, 422, 'MIXED_CURRENCIES'],
      [{ items: items([dear, 2]) }, 422, 'ORDER_TOO_LARGE'],
      [{ items: [] }, 400, 'INVALID'],
      [{ items: items([track, 0]) }, 400, 'INVALID'],
      [{ items: items([track, -1]) }, 400, 'INVALID'],
      [{ items: items([track, 1.5]) }, 400, 'INVALID'],
      [{ items: items([track, 1e12]) }, 400, 'INVALID'],
      [{ items: items([track, 600], [track, 600]) }, 422, 'QUANTITY_TOO_LARGE'],
      [{ items: items([track, 1]), payment_method: 'DROP TABLE' }, 400, 'INVALID'],
    ];
    const before = await ordersOf(buyer);
    for (const [body, status, code] of cases) {
      const answer = await post(body);
      assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
    }
    const own = await post({ items: items([track, 1]) }, seller.token);
    assert.deepEqual([own.status, own.body.code], [422, 'OWN_PRODUCT']);
    assert.equal(await ordersOf(buyer), before);
  });

  it('answers a repeated idempotency key with the first order, client secret and all, and stores no secret in clear', async () => {
    const person = await market.join();
    const body = { items: items([track, 1]), payment_method: 'manual' };
    const key = { 'idempotency-key': randomUUID() };
    const first = await post(body, person.token, key);
    const second = await post(body, person.token, key);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
    assert.equal(await ordersOf(person), 1);
    const stored = await market.db.one('select body from core.idempotency where key = $1', [key['idempotency-key']]);
    assert.ok(!stored.body.includes(first.body.data.payment.client_secret) && !stored.body.includes('payment'));
    assert.equal((await post({ items: items([track, 2]) }, person.token, key)).status, 422);
  });

  it('makes one order and one payment of a request that was cut off between the two and sent again', async () => {
    const person = await market.join();
    const key = randomUUID();
    for (const fault of ['drop_before', 'drop_after', 'server_error'] as const) {
      market.outside.hyperswitch.arm({ on: 'payments.create', fault });
      const answer = await post({ items: items([track, 1]) }, person.token, { 'idempotency-key': key });
      assert.equal(answer.status, 503, answer.text);
      assert.equal(answer.body.code, 'PROVIDER_UNAVAILABLE');
      market.outside.hyperswitch.clear();
    }
    const answer = await post({ items: items([track, 1]) }, person.token, { 'idempotency-key': key });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(await ordersOf(person), 1);
    const payments = market.outside.hyperswitch
      .state()
      .payments.filter(payment => payment.metadata?.['order_id'] === answer.body.data.order.id);
    assert.equal(payments.length, 1);
  });

  it('lists the buyer’s own orders, newest first, and shows nobody else’s', async () => {
    const person = await market.join();
    const made: string[] = [];
    for (let index = 0; index < 3; index += 1) made.unshift((await market.order(person, [track])).order.id);
    const { body } = await market.call('GET', '/api/v1/marketplace/orders?limit=2', { token: person.token });
    assert.deepEqual(
      body.data.orders.map((order: { id: string }) => order.id),
      made.slice(0, 2),
    );
    assert.equal(body.data.total, 3);
    assert.equal(body.data.orders[0].invoice, null);
    const path = `/api/v1/marketplace/orders/${made[0]}`;
    for (const stranger of [buyer, seller]) {
      assert.equal((await market.call('GET', path, { token: stranger.token })).status, 404);
      assert.equal((await market.call('GET', `${path}/invoice`, { token: stranger.token })).status, 404);
    }
    assert.equal((await market.call('GET', path)).status, 401);
  });

  it('completes an order by the provider’s own webhook, and pays its sellers', async () => {
    const quick = await openMarket({ settleAfterMs: 5, startingBalanceCents: { EUR: 1_000_000 } });
    try {
      const [one, two, someone] = await Promise.all([quick.joinSeller(), quick.joinSeller(), quick.join()]);
      const products = [await quick.addProduct(one.id), await quick.addProduct(two.id, { priceCents: 1_000 })];
      const { order } = await quick.order(someone, products, { method: 'card' });
      const done = await eventually(async () => {
        const { body } = await quick.call('GET', `/api/v1/marketplace/orders/${order.id}`, { token: someone.token });
        assert.equal(body.data.status, 'completed');
        return body.data;
      });
      assert.match(done.invoice.number, /^INV-\d{4}-000001$/);
      assert.equal(done.payment_status, 'succeeded');
      await eventually(async () => {
        const { body } = await quick.call('GET', '/api/v1/sell/transfers', { token: one.token });
        assert.deepEqual(
          body.data.transfers.map((row: Record<string, unknown>) => [
            row['amount_cents'],
            row['platform_fee_cents'],
            row['status'],
          ]),
          [[2699, 300, 'completed']],
        );
      });
      const declined = await quick.order(someone, products, { method: 'card_declined' });
      await eventually(async () => assert.equal((await quick.orderOf(someone, declined.order.id)).status, 'failed'));
    } finally {
      await quick.stop();
    }
  });
});
