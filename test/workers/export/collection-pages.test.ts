import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../../db/connect.ts';
import type { ExportCollection } from '../../../db/marketplace/export-collections.ts';
import type { Statement } from '../../../db/sql.ts';
import { collectionPages } from '../../../workers/export/collection-pages.ts';

interface Asked {
  after: string[];
  limit: number;
  maxBytes: number;
}

/** A collection of so many rows, `width` characters each, behind a server that answers at once. */
function rowsOf(count: number, width: (n: number) => number) {
  const asked: Asked[] = [];
  const lines = Array.from(
    { length: count },
    (_, n) => `${JSON.stringify({ id: n + 1, text: 'x'.repeat(width(n)) })}\n`,
  );
  const page = Object.assign((values: object = {}) => ({ text: '', values: [values] }), {
    file: '',
    text: '',
    names: [],
  });
  const collection: ExportCollection = { name: 'things', key: ['id'], start: ['0'], page };
  const tx = {
    one: async () => ({}),
    any: async ({ values }: Statement) => {
      const [from] = values as [Asked];
      asked.push(from);
      const found = lines.slice(Number(from.after[0]), Number(from.after[0]) + from.limit);
      if (found.length === 0) return [];
      const text = found.join('');
      return [{ lines: text.length <= from.maxBytes || found.length === 1 ? text : null, rows: found.length }];
    },
  };
  const transact = <T>(work: (tx: Transaction) => Promise<T>) => work(tx as unknown as Transaction);
  return { lines, asked, pages: collectionPages(transact, collection, randomUUID()) };
}

describe('workers/export/collection-pages', () => {
  it('hands out every row once, in order, and leaves a page as it is while the next is read', async () => {
    const { lines, asked, pages } = rowsOf(9_000, n => n % 600);
    let text = '';
    for await (const { content } of pages) {
      const before = asked.length;
      await new Promise(resolve => setImmediate(resolve));
      assert.equal(asked.length, before, 'the next page was asked for before this one was handed out');
      text += content.toString();
    }
    assert.ok(asked.length > 3);
    assert.equal(text, lines.join(''));
  });

  it('asks for fewer rows where they are long, and for one that is longer than any page', async () => {
    const { lines, asked, pages } = rowsOf(1_500, n => (n === 1_200 ? 5_000_000 : n < 600 ? 10 : 20_000));
    let text = '';
    let longest = 0;
    for await (const { content, rows } of pages) {
      if (rows > 1) longest = Math.max(longest, content.length);
      text += content.toString();
    }
    assert.equal(text, lines.join(''));
    assert.ok(longest <= (asked[0]?.maxBytes ?? 0));
  });

  it('fails when a page cannot be read, though nobody was waiting for it yet', async () => {
    const collection = {
      ...rowsOf(0, () => 0),
      key: ['id'],
      start: ['0'],
      name: 'things',
    } as unknown as ExportCollection;
    const pages = collectionPages(() => Promise.reject(new Error('the database is gone')), collection, randomUUID());
    await assert.rejects(pages.next(), /the database is gone/);
  });
});
