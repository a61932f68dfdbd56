import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { uuidV7 } from '../../../../shared/uuid.ts';
import { type Marketplace, serveMarketplace } from '../serve.ts';

type Person = Awaited<ReturnType<Marketplace['join']>>;

describe('edge/marketplace/routes/reviews', () => {
  let market: Marketplace;
  let seller: Person;
  let buyer: Person;
  before(async function () {
    this.timeout(120_000);
    market = await serveMarketplace();
    [seller, buyer] = await Promise.all([market.join(), market.join()]);
  });
  after(() => market?.stop());

  const pathOf = (productId: string) => `/api/v1/marketplace/products/${productId}/reviews`;
  const review = (productId: string, { token } = buyer, body: object = { rating: 5 }, headers = {}) =>
    market.call('POST', pathOf(productId), { token, body, headers });
  async function addProduct(): Promise<string> {
    const body = { title: 'A track', price_cents: 2999, currency: 'EUR' };
    const answer = await market.call('POST', '/api/v1/marketplace/products', { token: seller.token, body });
    return answer.body.data.id;
  }
  /** An order of one product, in any state. */
  async function order(productId: string, { id: buyerId } = buyer, status = 'completed'): Promise<string> {
    const id = uuidV7();
    await market.db.none(
      `with placed as (
        insert into marketplace.orders (id, buyer_id, status, currency, total_cents, transfer_group, paid_at)
        values ($1, $2, $3, 'EUR', 2999, $1, now()) returning id
      )
      insert into marketplace.order_lines (order_id, line_no, seller_id, product_id, title, quantity, gross_cents, unit_cents)
      select id, 1, $4, $5, 'A track', 1, 2999, 2999 from placed`,
      [id, buyerId, status, seller.id, productId],
    );
    return id;
  }

  it('lets a buyer review what they have bought, by their newest order of it, and shows it to everybody', async () => {
    const productId = await addProduct();
    await order(productId);
    const orderId = await order(productId);
    await order(productId, buyer, 'refunded');
    await order(await addProduct());
    const { status, body } = await review(productId, buyer, { rating: 5, comment: 'Amazing track!' });
    assert.equal(status, 201);
    const { id, created_at } = body.data;
    assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000);
    const written = {
      id,
      product_id: productId,
      buyer_id: buyer.id,
      order_id: orderId,
      rating: 5,
      comment: 'Amazing track!',
      created_at,
    };
    assert.deepEqual(body, { success: true, data: written });
    const list = await market.call('GET', pathOf(productId));
    assert.deepEqual([list.status, list.body], [200, { success: true, data: { reviews: [written] } }]);
  });

  it('lists the newest first, a page at a time, and only those of the product', async () => {
    const [productId, other] = [await addProduct(), await addProduct()];
    const ratings = [1, 2, 3];
    for (const rating of ratings) {
      const person = await market.join();
      await order(productId, person);
      assert.equal((await review(productId, person, { rating })).status, 201);
    }
    await order(other);
    await review(other);
    const list = async (query: string): Promise<number[]> => {
      const { data } = (await market.call('GET', `${pathOf(productId)}?${query}`)).body;
      return data.reviews.map((row: { rating: number }) => row.rating);
    };
    assert.deepEqual(await list(''), [3, 2, 1]);
    assert.deepEqual(await list('limit=1&offset=1'), [2]);
    assert.deepEqual(await list('offset=3'), []);
    assert.equal((await market.call('GET', `${pathOf(productId)}?limit=0`)).status, 400);
  });

  it('refuses who has not bought it, or not for good', async () => {
    const productId = await addProduct();
    await order(await addProduct());
    await order(productId, await market.join());
    for (const status of ['none', 'pending', 'refund_pending', 'refunded', 'disputed', 'held']) {
      if (status !== 'none') await order(productId, buyer, status);
      const answer = await review(productId);
      assert.deepEqual([status, answer.status, answer.body.code], [status, 403, 'NOT_BOUGHT']);
    }
  });

  it('refuses sellers their own product', async () => {
    const productId = await addProduct();
    await order(productId, seller);
    const { status, body } = await review(productId, seller);
    assert.deepEqual([status, body.code], [403, 'OWN_PRODUCT']);
  });

  it('takes one review of many at once, and answers the others 409', async () => {
    const productId = await addProduct();
    await order(productId);
    const answers = await Promise.all(Array.from({ length: 8 }, () => review(productId)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
    const again = await review(productId, buyer, { rating: 1 });
    assert.deepEqual([again.status, again.body.code], [409, 'ALREADY_REVIEWED']);
    const { reviews } = (await market.call('GET', pathOf(productId))).body.data;
    assert.deepEqual(
      reviews.map((row: { rating: number }) => row.rating),
      [5],
    );
  });

  it('answers a review that is repeated under its Idempotency-Key with the first answer', async () => {
    const productId = await addProduct();
    await order(productId);
    const key = { 'idempotency-key': randomUUID() };
    const first = await review(productId, buyer, { rating: 4 }, key);
    const second = await review(productId, buyer, { rating: 4 }, key);
    assert.deepEqual([second.status, second.body], [201, first.body]);
    assert.equal(first.body.data.comment, '');
  });

  it('knows no unknown product', async () => {
    assert.equal((await market.call('GET', pathOf(randomUUID()))).status, 404);
    assert.equal((await review(randomUUID())).status, 404);
    assert.equal((await market.call('GET', pathOf('no-uuid'))).status, 400);
  });

  it('asks who reviews, and refuses what is no review', async () => {
    const productId = await addProduct();
    await order(productId);
    assert.equal((await market.call('POST', pathOf(productId), { body: { rating: 5 } })).status, 401);
    const bad = [
      {},
      { rating: 0 },
      { rating: 6 },
      { rating: 4.5 },
      { rating: '5' },
      { rating: 5, order_id: randomUUID() },
    ];
    for (const body of [...bad, { rating: 5, comment: 'x'.repeat(5_001) }]) {
      assert.equal((await review(productId, buyer, body)).status, 400);
    }
    assert.equal((await review(productId, buyer, { rating: 5, comment: 'x'.repeat(5_000) })).status, 201);
  });
});
