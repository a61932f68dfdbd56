import assert from 'node:assert/strict';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import {
  insertProduct,
  listProducts,
  type ProductFields,
  productSorts,
  type ProductSort,
} from '../../../db/marketplace/products.ts';
import { createUser } from '../../../db/marketplace/users.ts';
import { sql } from '../../../db/sql.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

describe('db/marketplace/products', () => {
  let database: TestDatabase;
  let db: Database;
  let sellerId: string;
  before(async function () {
    this.timeout(120_000);
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 2, applicationName: 'test' });
    const user = await createUser(db, { username: 'seller', email: 'seller@example.com', passwordHash: 'none' });
    sellerId = user!.id;
  });
  after(async () => {
    await db?.$pool.end();
    await database?.drop();
  });
  afterEach(() => db.none('truncate marketplace.products, marketplace.tags cascade'));

  const page = { limit: 20, offset: 0 };
  const add = (fields: Partial<ProductFields>) => {
    const plain = {
      title: 'A track',
      description: '',
      priceCents: 100,
      currency: 'EUR',
      type: 'digital',
      tags: [],
      taxRate: 0,
    };
    return db.tx(tx => insertProduct(tx, sellerId, { ...plain, ...fields }));
  };
  const find = async (search: string): Promise<string[]> => {
    const { products, total } = await listProducts(db, { search, sort: 'title' }, page);
    assert.equal(total, products.length);
    return products.map(({ title }) => title);
  };

  it('finds products by title, tags and description, by word, stem, phrase and the beginning of the last word', async () => {
    await add({ title: 'Drums', description: 'The best of a TR-808, for running late.' });
    await add({ title: 'Kick drum', tags: ['hip-hop', 'lo/fi'] });
    await add({ title: 'Pads', description: 'Drum/bass with “deep house” chords, <b>bold</b>. Don’t wait.wav' });
    const expected: Record<string, string[]> = {
      drum: ['Drums', 'Kick drum', 'Pads'],
      drums: ['Drums', 'Kick drum', 'Pads'],
      dru: ['Drums', 'Kick drum', 'Pads'],
      dr: [],
      DRUM: ['Drums', 'Kick drum', 'Pads'],
      runs: ['Drums'],
      'drum kic': ['Kick drum'],
      'kic drum': [],
      'tr-808': ['Drums'],
      '808': ['Drums'],
      bass: ['Pads'],
      hop: ['Kick drum'],
      'hip-hop': ['Kick drum'],
      fi: ['Kick drum'],
      bold: ['Pads'],
      wav: ['Pads'],
      "don't": ['Pads'],
      '"deep house"': ['Pads'],
      '"house deep"': [],
      '"deep hou': ['Pads'],
      'drum -kick': ['Drums', 'Pads'],
      'drum - kick': ['Kick drum'],
      'kick or chords': ['Kick drum', 'Pads'],
      'the drum': ['Drums', 'Kick drum', 'Pads'],
      the: ['Drums'],
      '-drum': [],
      'snare or -drum': [],
      '-"deep house': [],
      '!': [],
    };
    const found = await Promise.all(Object.keys(expected).map(async search => [search, await find(search)]));
    assert.deepEqual(Object.fromEntries(found), expected);
  });

  it('reads each order of the list from its index, and searches through that of the words', async () => {
    await db.none(
      `insert into marketplace.products (id, seller_id, title, price_cents, currency, type)
      select gen_random_uuid(), $1, 'drum ' || n, n, 'EUR', 'digital' from generate_series(1, 2000) n`,
      [sellerId],
    );
    await db.none('vacuum analyze marketplace.products');
    const plan = async (file: string, values: object): Promise<string> => {
      const statement = sql(`marketplace/products/${file}`, { replan: true })({ ...values });
      return (await db.map({ ...statement, text: `explain ${statement.text}` }, undefined, Object.values)).join('\n');
    };
    const indexes: Record<ProductSort, string> = {
      newest: 'Backward using products_pkey',
      price_asc: 'using products_price',
      price_desc: 'Backward using products_price',
      title: 'using products_title',
    };
    for (const sort of productSorts) {
      const all = await plan('page', { search: null, sort, reach: 20, ...page });
      assert.match(all, new RegExp(`Index Only Scan ${indexes[sort]}`));
      const near = await plan('page', { search: 'drum', sort, reach: 500, ...page });
      assert.match(near, new RegExp(`Index Scan ${indexes[sort]}`));
      assert.doesNotMatch(all + near, /Sort|Seq Scan/);
      assert.match(
        await plan('search-page', { search: 'drum', sort, limit: 1, offset: 0 }),
        /Bitmap Index Scan on products_words/,
      );
    }
    assert.match(await plan('count', { search: 'drum' }), /Bitmap Index Scan on products_words/);
  });

  it('pages through many matches, wherever they lie in the order', async () => {
    // The 6,000 newest and dearest don't match: from that end none is within reach.
    await db.none(
      `insert into marketplace.products (id, seller_id, title, price_cents, currency, type)
      select (lpad(to_hex(1760000000000 + n), 12, '0') || '70008000000000000000')::uuid, $1,
        case when n <= 20001 then 'beat ' else 'loop ' end || n % 7, n, 'EUR', 'digital'
      from generate_series(1, 26001) n`,
      [sellerId],
    );
    const order: Record<ProductSort, string> = {
      newest: 'id desc',
      price_asc: 'price_cents',
      price_desc: 'price_cents desc',
      title: 'title, id',
    };
    for (const sort of productSorts) {
      for (const offset of [0, 95, 20_000]) {
        const { products, total } = await listProducts(db, { search: 'beats', sort }, { limit: 5, offset });
        const expected = await db.map(
          `select id from marketplace.products where title like 'beat%' order by ${order[sort]} limit 5 offset ${offset}`,
          [],
          row => row.id,
        );
        assert.deepEqual([sort, offset, total, ...products.map(({ id }) => id)], [sort, offset, 20_001, ...expected]);
      }
    }
  }).timeout(60_000);
});
