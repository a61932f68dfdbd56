import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Marketplace, serveMarketplace } from '../serve.ts';

type Person = Awaited<ReturnType<Marketplace['join']>>;

const path = '/api/v1/marketplace/products';
const loops = { title: 'Drum Loops', price_cents: 2999, currency: 'eur' };

describe('edge/marketplace/routes/products', () => {
  let market: Marketplace;
  let seller: Person;
  before(async function () {
    this.timeout(120_000);
    market = await serveMarketplace();
    seller = await market.join();
  });
  after(() => market?.stop());
  afterEach(() => market.db.none('truncate marketplace.products, marketplace.tags cascade'));

  const post = (body: object, { token } = seller, headers: Record<string, string> = {}) =>
    market.call('POST', path, { token, body, headers });
  const put = (id: string, body: object, { token } = seller) => market.call('PUT', `${path}/${id}`, { token, body });
  const get = (query: Record<string, string>) => market.call('GET', `${path}?${new URLSearchParams(query).toString()}`);
  async function add(product: object): Promise<string> {
    const { status, text, body } = await post({ ...loops, ...product });
    assert.equal(status, 201, text);
    return body.data.id;
  }
  const titles = async (query: Record<string, string>): Promise<string[]> => {
    const { status, text, body } = await get(query);
    assert.equal(status, 200, text);
    return body.data.products.map((product: { title: string }) => product.title);
  };
  const tagUses = () =>
    market.db.map('select name, uses from marketplace.tags order by name', [], row => [row.name, row.uses]);

  it('offers a product and shows it to everybody', async () => {
    const { status, body } = await post({
      ...loops,
      description: 'Sixteen bars each.',
      type: 'samples',
      tags: ['hip-hop', 'Lo-Fi', 'hip-hop'],
      tax_rate: 0.0825,
    });
    assert.equal(status, 201);
    const { id, created_at } = body.data;
    assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000);
    const product = {
      id,
      seller_id: seller.id,
      seller_username: seller.username,
      title: 'Drum Loops',
      description: 'Sixteen bars each.',
      price_cents: 2999,
      currency: 'EUR',
      type: 'samples',
      tags: ['hip-hop', 'Lo-Fi'],
      tax_rate: 0.0825,
      created_at,
      updated_at: created_at,
    };
    assert.deepEqual(body, { success: true, data: product });
    assert.deepEqual((await market.call('GET', `${path}/${id}`)).body, body);
    assert.deepEqual((await get({})).body, { success: true, data: { products: [product], total: 1 } });
    assert.deepEqual(await tagUses(), [
      ['Lo-Fi', 1],
      ['hip-hop', 1],
    ]);
  });

  it('takes what is left out as digital, untaxed and without words', async () => {
    const { data } = (await post(loops)).body;
    const { description, type, tags, tax_rate } = data;
    assert.deepEqual(
      { description, type, tags, tax_rate },
      { description: '', type: 'digital', tags: [], tax_rate: 0 },
    );
  });

  it('changes what is given and nothing else, and finds the product by its new words', async () => {
    const id = await add({ description: 'Old words', tags: ['old', 'kept'], tax_rate: 0.2 });
    const before = (await market.call('GET', `${path}/${id}`)).body.data;
    const changed = await put(id, { title: 'Fresh', price_cents: 1, tags: ['kept', 'new'] });
    assert.equal(changed.status, 200);
    const { updated_at } = changed.body.data;
    assert.ok(updated_at > before.updated_at);
    const after = { ...before, title: 'Fresh', price_cents: 1, tags: ['kept', 'new'], updated_at };
    assert.deepEqual(changed.body.data, after);
    assert.deepEqual((await put(id, { tax_rate: 0, currency: 'usd' })).body.data.currency, 'USD');
    assert.deepEqual(await titles({ search: 'fresh' }), ['Fresh']);
    assert.deepEqual(await titles({ search: 'drum' }), []);
    assert.deepEqual(await tagUses(), [
      ['kept', 1],
      ['new', 1],
      ['old', 0],
    ]);
  });

  it('knows neither an unknown product nor, for a change, somebody else’s', async () => {
    const other = await market.join();
    const id = await add({});
    for (const answer of [
      await put(id, { title: 'Mine now' }, other),
      await put(randomUUID(), { title: 'Nobody’s' }),
      await market.call('GET', `${path}/${randomUUID()}`),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [404, 'NOT_FOUND']);
    }
    assert.deepEqual(await titles({}), ['Drum Loops']);
  });

  it('makes one product of a repeated Idempotency-Key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = [await post(loops, seller, key), await post(loops, seller, key)];
    assert.deepEqual([second.status, second.body], [201, first.body]);
    assert.equal((await get({})).body.data.total, 1);
  });

  it('asks who sells', async () => {
    assert.equal((await market.call('POST', path, { body: loops })).status, 401);
    assert.equal((await market.call('PUT', `${path}/${randomUUID()}`, { body: { title: 'x' } })).status, 401);
  });

  const bad: Record<string, unknown>[] = [
    { title: '  ' },
    { title: 'x'.repeat(201) },
    { description: 'x'.repeat(10_001) },
    { price_cents: 0 },
    { price_cents: 100_000_001 },
    { price_cents: 9.99 },
    { price_cents: '999' },
    { currency: 'EURO' },
    { currency: 'ZZZ' },
    { type: '' },
    { type: 'x'.repeat(51) },
    { tags: ['x'.repeat(41)] },
    { tax_rate: 1.0001 },
    { tax_rate: -0.1 },
    { tax_rate: 0.12345 },
    { seller_id: randomUUID() },
  ];
  for (const field of bad) {
    it(`refuses ${JSON.stringify(field).slice(0, 40)}, in a new product and in a change`, async () => {
      const id = await add({});
      for (const answer of [await post({ ...loops, ...field }), await put(id, field)]) {
        assert.deepEqual([answer.status, answer.body.success], [400, false]);
      }
    });
  }

  it('refuses a product without title, price or currency, and a change of nothing', async () => {
    for (const name of Object.keys(loops)) {
      const { [name]: _, ...rest } = loops as Record<string, unknown>;
      assert.equal((await post(rest)).status, 400);
    }
    assert.equal((await put(await add({}), {})).status, 400);
  });

  it('takes the longest that it admits', async () => {
    // Each of these letters has three in the title's order.
    const title = '\u{1D164}'.repeat(100);
    const long = {
      title,
      description: 'ab '.repeat(3_333),
      type: 'x'.repeat(50),
      price_cents: 100_000_000,
      tax_rate: 1,
    };
    await add(long);
    assert.deepEqual(await titles({ sort: 'title' }), [title]);
  });

  it('lists in every order, a page at a time, with the number of all', async () => {
    const prices = { éclair: 500, Zebra: 100, apple: 300, Fox: 300 };
    for (const [title, price_cents] of Object.entries(prices)) await add({ title, price_cents });
    assert.deepEqual(await titles({}), ['Fox', 'apple', 'Zebra', 'éclair']);
    assert.deepEqual(await titles({ sort: 'newest', limit: '2', offset: '1' }), ['apple', 'Zebra']);
    for (const search of [{}, { search: 'apple or fox or zebra or éclair' }]) {
      assert.deepEqual(await titles({ ...search, sort: 'price_asc' }), ['Zebra', 'apple', 'Fox', 'éclair']);
      assert.deepEqual(await titles({ ...search, sort: 'price_desc' }), ['éclair', 'Fox', 'apple', 'Zebra']);
      assert.deepEqual(await titles({ ...search, sort: 'title' }), ['apple', 'éclair', 'Fox', 'Zebra']);
      const { products, total } = (await get({ ...search, sort: 'title', limit: '3', offset: '3' })).body.data;
      assert.deepEqual([products.length, total], [1, 4]);
      assert.deepEqual((await get({ ...search, offset: '9999999' })).body.data, { products: [], total: 4 });
    }
    assert.deepEqual((await get({ search: 'fox or zebra', limit: '1' })).body.data.total, 2);
  });

  it('refuses an order that it does not know, and pages and searches that are too long', async () => {
    const queries = ['sort=best', 'sort=', 'limit=0', 'limit=101', 'offset=-1', 'offset=12345678', 'search=a&search=b'];
    for (const query of [...queries, `search=${'x'.repeat(201)}`, 'search=%00', 'search=a%00b']) {
      assert.deepEqual([query, (await market.call('GET', `${path}?${query}`)).status], [query, 400]);
    }
  });

  it('survives every search', async () => {
    await add({ title: 'Sub 🔥 Bass', description: 'O\'Brien’s "deep" \\ : * house' });
    const marks = [
      "'",
      '&',
      '|',
      '!',
      '(',
      ')',
      ':',
      '*',
      '\\',
      '"',
      '-',
      '<->',
      ':*',
      "''",
      '\u00a0',
      '🔥',
      'a',
      'the',
      'or',
    ];
    const searches = marks.flatMap(a =>
      marks.flatMap(b => [a + b, `${a} bass ${b}`, `bass${a}${b}`, `-${a} "${b} sub`]),
    );
    for (const search of [
      ...searches,
      '-"a b sub',
      '"'.repeat(200),
      '-a'.repeat(100),
      '音'.repeat(200),
      'a or '.repeat(40),
    ]) {
      const { status, text } = await get({ search });
      assert.equal(status, 200, `${search}: ${text}`);
    }
  }).timeout(60_000);
});
