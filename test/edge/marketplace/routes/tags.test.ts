import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countTags, normalizeTag } from '../../../../db/marketplace/tags.ts';
import { tagsSchema } from '../../../../edge/marketplace/tags-field.ts';
import { type Marketplace, serveMarketplace } from '../serve.ts';

describe('edge/marketplace/routes/tags', () => {
  let market: Marketplace;
  let token: string;
  before(async function () {
    this.timeout(120_000);
    market = await serveMarketplace({ ENCRYPTION_KEY: 'k'.repeat(32) });
    ({ token } = await market.join());
  });
  after(() => market?.stop());
  beforeEach(() => market.db.none('truncate marketplace.tags'));

  const count = (added: string[], removed: string[] = []) => market.db.tx(tx => countTags(tx, { added, removed }));
  const use = async (uses: Record<string, number>) => {
    for (const [name, times] of Object.entries(uses)) for (let n = 0; n < times; n += 1) await count([name]);
  };
  const ask = (query: string) => market.call('GET', `/api/v1/tags/suggest?${query}`, { token });
  const suggest = async (q: string): Promise<string[]> =>
    (await ask(new URLSearchParams({ q }).toString())).body.suggestions;
  const usesOf = async () =>
    Object.fromEntries(
      (await market.db.any('select name, uses from marketplace.tags order by name')).map(row => [row.name, row.uses]),
    );

  it('suggests the most used tags that begin so, whatever their case and punctuation', async () => {
    await use({ 'hip-hop': 3, hiphop: 2, hipster: 1, 'Hip Hop Drums': 1, ship: 5, hi: 4 });
    const answer = await ask('q=hip&limit=3');
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, { suggestions: ['hip-hop', 'hiphop', 'Hip Hop Drums'] });
    for (const q of ['HIP HOP', 'hip-hop', ' hip.HOP! ', 'hip_h'])
      assert.deepEqual(await suggest(q), ['hip-hop', 'hiphop', 'Hip Hop Drums'], q);
    assert.deepEqual(await suggest('h'), ['hi', 'hip-hop', 'hiphop', 'Hip Hop Drums', 'hipster']);
    assert.deepEqual(await suggest('hipx'), []);
  });

  it('knows letters of every script, and leaves symbols in', async () => {
    await use({ Électro: 1, żółć: 1, 'Техно-музыка': 1, 'C++': 1, c: 2, '🎸 solo': 1, 演歌: 1 });
    assert.deepEqual(await suggest('ÉL'), ['Électro']);
    assert.deepEqual(await suggest('E\u0301l'), ['Électro']);
    assert.deepEqual(await suggest('ŻÓ'), ['żółć']);
    assert.deepEqual(await suggest('техном'), ['Техно-музыка']);
    assert.deepEqual(await suggest('c+'), ['C++']);
    assert.deepEqual(await suggest('🎸'), ['🎸 solo']);
    assert.deepEqual(await suggest('演'), ['演歌']);
  });

  it('takes the characters of patterns for what they are, and answers nothing to nothing', async () => {
    await use({ hip: 1, 'h^p': 1 });
    for (const q of ['%', '_', '\\', '', ' - ', '%h%', '(', '[a-z]', "'", '*'])
      assert.deepEqual(await suggest(q), q === '%h%' ? ['h^p', 'hip'] : [], q);
    assert.deepEqual(await suggest('h_p'), []);
    assert.deepEqual(await suggest('h^'), ['h^p']);
    assert.deepEqual(await suggest('h.*'), ['h^p', 'hip']);
  });

  it('takes a limit of 1 to 50, and a token', async () => {
    await use(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`limit ${index}`, 1])));
    assert.equal((await suggest('lim')).length, 10);
    assert.equal((await ask('q=lim&limit=50')).body.suggestions.length, 50);
    for (const query of ['q=lim&limit=51', 'q=lim&limit=0', 'q=lim&limit=x', 'limit=5', `q=${'x'.repeat(201)}`])
      assert.equal((await ask(query)).status, 400, query);
    assert.equal((await market.call('GET', '/api/v1/tags/suggest?q=lim')).status, 401);
  });

  it('finds what few of many share as well as what most of them do, the same as a plain sort would', async () => {
    await market.db.none(
      `insert into marketplace.tags (name, normalized, uses)
       select 'tag-' || n, 'tag' || n, case when n % 1000 = 77 then 1 else 1 + n % 50 end from generate_series(1, 20000) as n`,
    );
    await market.db.none('analyze marketplace.tags');
    for (const prefix of ['t', 'ta', 'tag', 'tag1', 'tag19', 'tag1907', 'tag19077', 'tagx']) {
      const plain = await market.db.any<{ name: string }>(
        'select name from marketplace.tags where starts_with(normalized, $1) order by uses desc, name limit 10',
        [prefix],
      );
      assert.deepEqual(
        await suggest(prefix),
        plain.map(({ name }) => name),
        prefix,
      );
    }
  });

  it('reads no table from end to end', async () => {
    const { sql } = await import('../../../../db/sql.ts');
    const { text } = sql('marketplace/tags/suggest');
    await market.db.none(
      `insert into marketplace.tags (name, normalized, uses)
       select 'tag-' || n, 'tag' || n, 1 + n % 50 from generate_series(1, 20000) as n`,
    );
    await market.db.none('analyze marketplace.tags');
    for (const prefix of ['t', 'ta', 'tag', 'tag1907', 'tagx']) {
      const plan = await market.db.any({ text: `explain (analyze, costs off) ${text}`, values: [prefix, 10] });
      const scans = plan.map(row => String(Object.values(row)[0])).filter(line => line.includes('Seq Scan on tags'));
      assert.ok(
        scans.every(line => line.includes('never executed')),
        `${prefix}: ${scans.join()}`,
      );
    }
  });

  it('counts what a thing gains and loses once each, never below zero', async () => {
    await count(['a', 'b', 'b']);
    assert.deepEqual(await usesOf(), { a: 1, b: 1 });
    await count(['b', 'c'], ['a', 'b']);
    assert.deepEqual(await usesOf(), { a: 0, b: 1, c: 1 });
    await count([], ['a', 'never seen']);
    assert.deepEqual(await usesOf(), { a: 0, b: 1, c: 1, 'never seen': 0 });
    await count([]);
    assert.deepEqual(await suggest('a'), []);
    assert.deepEqual(await suggest('never'), []);
  });

  it('counts the same tags from many writers at once, in any order, without a deadlock', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `shared ${index}`);
    await Promise.all(
      Array.from({ length: 30 }, (_, writer) =>
        count(writer % 2 === 0 ? names : names.toReversed(), writer % 3 === 0 ? ['old'] : []),
      ),
    );
    assert.deepEqual(await usesOf(), { ...Object.fromEntries(names.map(name => [name, 30])), old: 0 });
  });
});

describe('a tag', () => {
  it('is looked for the same, however its case, spaces and punctuation are written', () => {
    assert.equal(normalizeTag('Hip-Hop'), normalizeTag('hip hop'));
    assert.equal(normalizeTag('¿Qué?'), 'qué');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), tag => {
        const normalized = normalizeTag(tag);
        assert.equal(normalizeTag(normalized), normalized);
        assert.doesNotMatch(normalized, /[\p{P}\p{Z}\p{Cc}%_\\]/u);
      }),
    );
  });

  it('has 1 to 40 characters, and a thing has at most 20 of them, each once', () => {
    assert.deepEqual(tagsSchema.parse([' a ', 'a', 'B']), ['a', 'B']);
    for (const bad of [
      [''],
      [' '],
      ['x'.repeat(41)],
      ['a\nb'],
      Array.from({ length: 21 }, (_, index) => `t${index}`),
      'a',
      [1],
    ])
      assert.ok(!tagsSchema.safeParse(bad).success, JSON.stringify(bad));
  });
});
