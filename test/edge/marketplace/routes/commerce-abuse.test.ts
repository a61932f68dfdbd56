import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { reconcilePaymentsOnce } from '../../../../ops/ticker/payments.ts';
import { signWebhook } from '../../../../shared/hyperswitch-signature.ts';
import { eventually } from '../../../support/eventually.ts';
import { openMarket, type Market, type Person } from '../../../support/market.ts';

describe('selling, to whoever means it no good', function () {
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
  afterEach(() => market.outside.hyperswitch.clear());

  const statusOf = async (id: string) => (await market.orderOf(buyer, id)).status;
  const lastEvent = () =>
    market.db.one('select event_type, outcome from marketplace.payment_events order by id desc limit 1');
  /** Sends exactly these bytes, signed. */
  const send = async (raw: string | Buffer) => {
    const bytes = Buffer.from(raw as string);
    const response = await fetch(`${market.url}/api/v1/webhooks/hyperswitch`, {
      method: 'POST',
      headers: { 'x-webhook-signature-512': signWebhook(bytes, market.outside.hyperswitch.webhookSecret) },
      body: bytes,
    });
    return { status: response.status, body: (await response.json()) as { data?: { message: string } } };
  };
  const paid = (paymentId: string, more = '') =>
    `{"event_id":"${randomUUID()}","event_type":"payment_succeeded","content":{"object":{"payment_id":"${paymentId}","amount_received":2999,"currency":"EUR"${more}}}}`;

  describe('a signed webhook', () => {
    const oddities: Record<string, (text: string) => string> = {
      'begins with a byte order mark': text => `\uFEFF${text}`,
      'has U+0000 in a name that the buyer chose': text => text.replace('"currency"', '"name":"a\\u0000b","currency"'),
      'has half of a surrogate pair in one': text => text.replace('"currency"', '"name":"\\ud83d","currency"'),
      'is nested a thousand levels deep': text =>
        text.replace('"currency"', `"x":${'['.repeat(1_000)}${']'.repeat(1_000)},"currency"`),
      'has a number beyond all numbers': text => text.replace('"currency"', '"x":1e999,"currency"'),
      'has the key __proto__': text => text.replace('"currency"', '"__proto__":{"amount_received":1},"currency"'),
    };
    for (const [what, make] of Object.entries(oddities)) {
      it(`is acted on though it ${what}`, async () => {
        const { order, payment } = await market.order(buyer, [track]);
        const answer = await send(make(paid(payment.id)));
        assert.deepEqual([answer.status, answer.body.data?.message], [200, 'recorded']);
        await market.settled();
        assert.equal(await statusOf(order.id), 'completed');
      });
    }

    it('completes nothing by an amount that is none', async () => {
      for (const amount of ['1e308', '-2999', '2999.5', '"2999"', '9007199254740993', 'null', '[2999]', '{}', 'true']) {
        const { order, payment } = await market.order(buyer, [track]);
        const answer = await send(paid(payment.id).replace('2999', amount));
        assert.equal(answer.status, 200, amount);
        await market.settled();
        assert.ok(['pending', 'held'].includes(await statusOf(order.id)), amount);
        assert.ok(['incomplete', 'held'].includes((await lastEvent()).outcome), amount);
      }
      const { failed } = await market.db.one("select count(*) as failed from core.jobs where state = 'failed'");
      assert.equal(failed, 0);
    });

    it('is refused where its id could be no row’s, and finds nothing by a payment’s id that could be none', async () => {
      for (const id of ['a\\u0000b', '\\ud83d', ''])
        assert.equal((await send(`{"event_id":"${id}","event_type":"payment_failed"}`)).status, 400);
      for (const id of ['a\\u0000b', '\\ud83d', '', 'x'.repeat(201)]) {
        assert.equal((await send(paid(id))).status, 200);
        await market.settled();
        assert.equal((await lastEvent()).outcome, 'incomplete');
      }
      for (const raw of [Buffer.from([0x22, 0xff, 0x22]), '', 'null', '"x"', '[{"event_type":"x"}]', '{"event":"x"']) {
        assert.equal((await send(raw)).status, 400);
      }
    });

    it('says nothing new when all of them are played again, in whatever order, under new ids', async () => {
      const { orderId, paymentId } = await market.paidOrder(buyer, [track]);
      const transferIs = (expected: string) =>
        eventually(async () => {
          const { status } = await market.db.one('select status from marketplace.transfers where order_id = $1', [
            orderId,
          ]);
          assert.equal(status, expected);
        });
      // Refunded before, it would be cancelled, not reversed.
      await transferIs('completed');
      await market.call('POST', `/api/v1/marketplace/orders/${orderId}/refund`, {
        token: buyer.token,
        body: { reason: 'x' },
      });
      const refundId = await eventually(() => {
        const [refund] = market.outside.hyperswitch.state().refunds.filter(row => row.payment_id === paymentId);
        assert.ok(refund);
        return refund.refund_id;
      });
      await market.provider(`refunds/${refundId}/settle`);
      await transferIs('reversed');
      assert.equal(await statusOf(orderId), 'refunded');
      const { events } = market.outside.hyperswitch.state();
      const bodies = events.filter(event => event.payment_id === paymentId).map(event => event.body);
      assert.ok(bodies.length >= 2);
      const before = await everything(orderId);
      for (const body of [...bodies, ...bodies.toReversed()]) {
        assert.equal((await send(body)).body.data?.message, 'known');
        assert.equal((await send(JSON.stringify({ ...JSON.parse(body), event_id: randomUUID() }))).status, 200);
      }
      await market.settled();
      assert.deepEqual(await everything(orderId), before);
    });
  });

  /** All that there is about an order, but for jobs and events. */
  const everything = async (orderId: string) => [
    await market.db.any('select * from marketplace.orders where id = $1', [orderId]),
    await market.db.any('select * from marketplace.refunds where order_id = $1', [orderId]),
    await market.db.any('select * from marketplace.transfers where order_id = $1', [orderId]),
    await market.db.any('select id, label from core.invoices where document::text like $1', [`%${orderId}%`]),
    await market.db.any('select id, kind, subject, count from core.alerts'),
    market.outside.stripe.state().transfers,
    market.outside.hyperswitch.state().refunds,
  ];

  describe('an order', () => {
    const post = (items: unknown, person: Person, key?: string, method = 'manual') =>
      market.call('POST', '/api/v1/marketplace/orders', {
        token: person.token,
        body: { items, payment_method: method },
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      });
    const one = () => [{ product_id: track, quantity: 1 }];
    const ordersOf = async ({ id }: Person): Promise<{ id: string; status: string }[]> =>
      market.db.any('select id, status from marketplace.orders where buyer_id = $1 order by id', [id]);
    const paymentsOf = (orderId: string) =>
      market.outside.hyperswitch.state().payments.filter(({ metadata }) => metadata?.['order_id'] === orderId);

    it('holds a hundred products and no more, and costs a million and no more', async () => {
      const person = await market.join();
      const products = await Promise.all(Array.from({ length: 101 }, () => market.addProduct(seller.id)));
      const items = products.map(product_id => ({ product_id, quantity: 1_000 }));
      assert.equal((await post(items, person)).status, 400);
      assert.equal((await post(items.slice(1), person)).body.code, 'ORDER_TOO_LARGE');
      const hundred = await post(
        items.slice(1).map(item => ({ ...item, quantity: 1 })),
        person,
      );
      assert.deepEqual([hundred.status, hundred.body.data.order.total_cents], [201, 299_900]);
      const dear = await market.addProduct(seller.id, { priceCents: 100_000_000 });
      assert.equal((await post([{ product_id: dear, quantity: 1 }], person)).status, 201);
      assert.equal((await post([...one(), { product_id: dear, quantity: 1 }], person)).body.code, 'ORDER_TOO_LARGE');
      assert.equal((await post([{ product_id: dear, quantity: 1_000 }], person)).body.code, 'ORDER_TOO_LARGE');
    });

    it('is made once of a key that comes ten times at once, and once for each buyer who uses it', async () => {
      const [person, other] = [await market.join(), await market.join()];
      const key = randomUUID();
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(one(), person, key)));
      for (const { status, text } of answers) assert.ok([201, 409].includes(status), text);
      const again = await post(one(), person, key);
      const [made, ...more] = await ordersOf(person);
      assert.deepEqual([again.body.data.order.id, more.length, paymentsOf(made!.id).length], [made!.id, 0, 1]);
      const theirs = await post(one(), other, key);
      assert.equal(theirs.status, 201);
      assert.notEqual(theirs.body.data.order.id, made!.id);
    });

    it('is found again by whoever comes after a run that died with its key leased', async () => {
      const person = await market.join();
      const key = randomUUID();
      market.outside.hyperswitch.arm({ on: 'payments.create', fault: 'slow', delayMs: 700 });
      const first = post(one(), person, key);
      await eventually(async () => assert.equal((await ordersOf(person)).length, 1));
      assert.equal((await post(one(), person, key)).body.code, 'IDEMPOTENCY_IN_PROGRESS');
      await market.db.none("update core.idempotency set lease_until = now() - interval '1 s' where key = $1", [key]);
      const second = await post(one(), person, key);
      const [made, ...more] = await ordersOf(person);
      assert.deepEqual([second.status, second.body.data.order.id, more.length], [201, made!.id, 0]);
      assert.deepEqual((await first).body, second.body);
      assert.equal(paymentsOf(made!.id).length, 1);
    });

    it('says how far it has got when a lost answer is asked for after the payment', async () => {
      const person = await market.join();
      const key = randomUUID();
      market.outside.hyperswitch.arm({ on: 'payments.create', fault: 'drop_after' });
      assert.equal((await post(one(), person, key)).status, 503);
      const [made] = await ordersOf(person);
      await market.provider(`payments/${paymentsOf(made!.id)[0]!.payment_id}/confirm`);
      await eventually(async () => assert.equal((await ordersOf(person))[0]!.status, 'completed'));
      const { status, body } = await post(one(), person, key);
      assert.deepEqual([status, body.data.order.status, body.data.payment.status], [201, 'completed', 'succeeded']);
      assert.equal((await market.orderOf(person, made!.id)).paymentState, 'succeeded');
    });

    it('is not answered to who asks for another one under its key', async () => {
      const person = await market.join();
      const key = randomUUID();
      market.outside.hyperswitch.arm({ on: 'payments.create', fault: 'drop_before' });
      assert.equal((await post(one(), person, key)).status, 503);
      for (const [items, method] of [
        [[{ product_id: track, quantity: 2 }], 'manual'],
        [one(), 'card'],
        [[...one(), { product_id: await market.addProduct(seller.id), quantity: 1 }], 'manual'],
      ] as const) {
        const answer = await post(items, person, key, method);
        assert.deepEqual([answer.status, answer.body.code], [422, 'IDEMPOTENCY_CONFLICT']);
      }
      assert.equal((await post(one(), person, key)).status, 201);
      assert.equal((await ordersOf(person)).length, 1);
    });

    it('can’t be begun to be paid once it has expired', async () => {
      const person = await market.join();
      const key = randomUUID();
      market.outside.hyperswitch.arm({ on: 'payments.create', fault: 'drop_before' });
      assert.equal((await post(one(), person, key)).status, 503);
      const [made] = await ordersOf(person);
      await market.db.none(
        "update marketplace.orders set created_at = now() - interval '25 hours', check_at = now() where id = $1",
        [made!.id],
      );
      await reconcilePaymentsOnce({ ...market.spine, ports: market.outside.ports });
      assert.equal((await ordersOf(person))[0]!.status, 'expired');
      const answer = await post(one(), person, key);
      assert.deepEqual([answer.status, answer.body.code], [409, 'ORDER_EXPIRED']);
      assert.deepEqual(paymentsOf(made!.id), []);
    });

    it('fails when the provider refuses its payment, and says so each time', async () => {
      const person = await market.join();
      const product = await market.addProduct(seller.id, { currency: 'QQQ' });
      const key = randomUUID();
      for (const attempt of [1, 2]) {
        const answer = await post([{ product_id: product, quantity: 1 }], person, key);
        assert.deepEqual([answer.status, answer.body.code], [422, 'PAYMENT_REFUSED'], String(attempt));
      }
      assert.deepEqual(
        (await ordersOf(person)).map(({ status }) => status),
        ['failed'],
      );
    });
  });

  it('refunds to the last second of the fourteenth day by the database’s clock', async () => {
    const ask = (orderId: string) =>
      market.call('POST', `/api/v1/marketplace/orders/${orderId}/refund`, {
        token: seller.token,
        body: { reason: 'x' },
      });
    const age = (orderId: string, interval: string) =>
      market.db.none('update marketplace.orders set paid_at = now() - $2::interval where id = $1', [orderId, interval]);
    const { orderId } = await market.paidOrder(buyer, [track]);
    await age(orderId, '14 days 1 second');
    assert.equal((await ask(orderId)).body.code, 'REFUND_TOO_LATE');
    await age(orderId, '13 days 23:59:50');
    assert.equal((await ask(orderId)).status, 200);
  });
});
