import Table from 'cli-table3';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { listProducts, productSorts, type ProductSort } from '../../db/marketplace/products.ts';
import { createUser } from '../../db/marketplace/users.ts';
import { migrate } from '../../db/migrate.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { percentile } from './percentile.ts';
import type { Services } from './services.ts';
import { SeededRandom } from '../seeded-random.ts';

const products = 200_000;
const productsPerBatch = 2_000;
const vocabularyWords = 30_000;
/** Of Zipf and Mandelbrot's law: without it the first word would be in nearly every text, as only stop words are. */
const rankShift = 11;
const syllables =
  'ba dru mi ka lo sy ne tro pa vi ge shu re fo lin ma do be sta wo cha qui zen pul ny ter hu jo xi gar'.split(' ');
const runs = 100;
const limit = 20;

interface Cell {
  name: string;
  search: string | null;
  sort: ProductSort;
  offset: number;
  matches: number;
  latenciesMs: number[];
}

/**
 * How long the list of products takes among 200,000, total included, by how common the searched word is, in each order,
 * for the first page and for one in the middle. It asks the database as the route does, one client at a time.
 */
export async function measureProductSearch(services: Services): Promise<unknown> {
  const { url } = await services.emptyDatabase('products');
  await migrate(url);
  const db = connectDatabase({ url, maxConnections: 1, applicationName: 'millrace-bench', statementTimeoutMs: 0 });
  try {
    const numbers = new SeededRandom(42); // the same ones in each bench
    const random = () => numbers.next();
    const words = makeVocabulary(random);
    await fill(db, words, random);
    const at = (rank: number) => words[rank] as string;
    const searches: Record<string, string | null> = {
      'no search': null,
      'rare word': at(20_000),
      'medium word': at(500),
      'common word': at(100),
      'very common word': at(20),
      'commonest word': at(0),
      'two common words': `${at(100)} ${at(20)}`,
      'a phrase': `"${at(500)} ${at(100)}"`,
      'beginning of a word': at(500).slice(0, 5),
    };
    const cells: Cell[] = [];
    for (const [name, search] of Object.entries(searches)) {
      const { total: matches } = await listProducts(db, { search, sort: 'newest' }, { limit, offset: 0 });
      const middle = Math.floor(matches / 2);
      for (const sort of productSorts)
        for (const offset of [0, middle]) cells.push({ name, search, sort, offset, matches, latenciesMs: [] });
    }
    // In turns, so that what else the machine does falls on all alike.
    for (let run = 0; run < runs; run++) {
      for (const { search, sort, offset, latenciesMs } of cells) {
        const askedAtMs = performance.now();
        await listProducts(db, { search, sort }, { limit, offset });
        latenciesMs.push(performance.now() - askedAtMs);
      }
    }
    for (const { latenciesMs } of cells) latenciesMs.sort((a, b) => a - b);
    console.log(
      draw(
        'first page',
        cells.filter(({ offset }) => offset === 0),
      ),
    );
    console.log(
      draw(
        'middle page',
        cells.filter(({ offset }) => offset > 0),
      ),
    );
    console.log(`p50 / p99 in ms of ${runs} asks, among ${products} products`);
    return cells.map(({ latenciesMs, ...cell }) => ({
      ...cell,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    }));
  } finally {
    await db.$pool.end();
  }
}

function draw(title: string, cells: readonly Cell[]): string {
  const table = new Table({
    head: [title, 'matches', ...productSorts],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', ...productSorts.map(() => 'right' as const)],
  });
  for (const name of new Set(cells.map(cell => cell.name))) {
    const row = cells.filter(cell => cell.name === name);
    const figures = row.map(({ latenciesMs }) =>
      [0.5, 0.99].map(share => percentile(latenciesMs, share).toFixed(1)).join(' / '),
    );
    table.push([name, row[0]?.matches, ...figures]);
  }
  return table.toString();
}

/** Products with titles of 2 to 6 words, descriptions of some 50 (one in a hundred above 300), up to 5 tags. */
async function fill(db: Database, words: readonly string[], random: () => number): Promise<void> {
  const seller = await createUser(db, { username: 'bench', email: 'bench@example.com', passwordHash: 'none' });
  const word = () => {
    const rank = Math.floor(rankShift * (words.length / rankShift + 1) ** random()) - rankShift;
    return words[Math.min(rank, words.length - 1)] as string;
  };
  const some = (count: number) => Array.from({ length: Math.floor(count) }, word);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  // Made in one go, the index takes a fifth of the time.
  const { definition } = await db.one<{ definition: string }>(
    `select pg_get_indexdef('marketplace.products_words'::regclass) as definition`,
  );
  await db.none('drop index marketplace.products_words');
  for (let made = 0; made < products; made += productsPerBatch) {
    const batch = Array.from({ length: productsPerBatch }, (_, n) => ({
      id: uuidV7(Date.now() - (products - made - n) * 1_000),
      title: some(2 + 5 * random()).join(' '),
      description: some(Math.min(1_200, 50 * Math.exp(0.8 * normal()))).join(' '),
      cents: 99 + Math.floor(Math.exp(9 * random())),
      tags: some(6 * random()),
    }));
    await db.none(
      `insert into marketplace.products (id, seller_id, title, description, price_cents, currency, type, tags)
      select id, $2, title, description, cents, 'EUR', 'digital', tags
      from jsonb_to_recordset($1::jsonb) as batch(id uuid, title text, description text, cents bigint, tags text[])`,
      [JSON.stringify(batch), seller?.id],
    );
  }
  await db.none(definition);
  await db.none('vacuum analyze marketplace.products');
}

/** Words of 2 to 4 syllables, the more common ones short; some end as the English stemmer expects. */
function makeVocabulary(random: () => number): string[] {
  const words = new Set<string>();
  while (words.size < vocabularyWords) {
    const length = words.size < 300 ? 2 : 2 + Math.floor(3 * random());
    const stem = Array.from({ length }, () => syllables[Math.floor(syllables.length * random())]).join('');
    words.add(stem + (random() < 0.15 ? 's' : random() < 0.1 ? 'ing' : ''));
  }
  return [...words];
}
