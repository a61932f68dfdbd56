import { migrate } from '../../db/migrate.ts';
import { freePorts } from '../embedded/free-ports.ts';
import { answering } from './answering.ts';
import { percentile } from './percentile.ts';
import { processEnv } from './process-env.ts';
import { runsBuilt, startProcess } from './processes.ts';
import type { Database, Services } from './services.ts';

const tagRows = 1_000_000;
/** A question of nothing but punctuation: everything of a request but the look-up. */
const lengths = [0, 1, 2, 3, 5, 8];
const prefixesPerLength = 100;
const asksPerPrefix = 5;
const syllables =
  'a ba bri co da do e fla go ha hip hop in jazz ka la lo ma me mi mo ne no o pa po qua re ri ro sa so sta ta te to tro u va wo xi ye zu'.split(
    ' ',
  );

/**
 * How long `GET /tags/suggest` takes among a million tags, one client at a time over HTTP, for prefixes of every length. The tags are made of
 * syllables of which some are much more common than others, and of their uses a few have most. Prefixes are those of tags chosen at random.
 */
export async function measureTagSuggest(services: Services): Promise<unknown> {
  const [{ url, db }, broker] = await Promise.all([services.emptyDatabase('tags'), services.rabbitmq()]);
  await migrate(url);
  await fill(db);
  const [port, opsPort] = await freePorts(2);
  const edge = startProcess('edge/main', {
    env: {
      DATABASE_URL: url,
      BROKER_URL: broker.url,
      PORT: `${port}`,
      OPS_PORT: `${opsPort}`,
      LOG_LEVEL: 'warn',
      REQUESTS_PER_MINUTE: '1000000',
      ...processEnv,
    },
  });
  try {
    const api = `http://127.0.0.1:${port}/api/v1`;
    await answering(`${api}/healthz`);
    const headers = { authorization: `Bearer ${await register(api)}` };
    const ask = async (prefix: string): Promise<number> => {
      const sentAtMs = performance.now();
      const reply = await fetch(`${api}/tags/suggest?${new URLSearchParams({ q: prefix }).toString()}`, { headers });
      const { suggestions } = (await reply.json()) as { suggestions?: string[] };
      if (!suggestions || (suggestions.length === 0) !== (prefix === '-'))
        throw new Error(`"${prefix}" was answered ${reply.status}, ${suggestions?.length} tags`);
      return performance.now() - sentAtMs;
    };
    const results: { length: number; p50Ms: number; p99Ms: number }[] = [];
    for (const length of lengths) {
      const prefixes = length === 0 ? Array<string>(prefixesPerLength).fill('-') : await choosePrefixes(db, length);
      for (const prefix of prefixes) await ask(prefix);
      const latenciesMs: number[] = [];
      for (let round = 0; round < asksPerPrefix; round++)
        for (const prefix of prefixes) latenciesMs.push(await ask(prefix));
      latenciesMs.sort((a, b) => a - b);
      results.push({ length, p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) });
    }
    const [nothing] = results;
    for (const { length, p50Ms, p99Ms } of results) {
      const name = length === 0 ? 'without a look-up' : `${length} ${length === 1 ? 'letter' : 'letters'}`;
      const ratio = (p50Ms / (nothing?.p50Ms ?? Number.NaN)).toFixed(2);
      console.log(`${name}: p50 ${p50Ms.toFixed(1)} ms (ratio ${ratio}), p99 ${p99Ms.toFixed(1)} ms`);
    }
    console.log(`among ${tagRows} tags; ${runsBuilt ? 'built' : 'through tsx'}`);
    return { tagRows, results };
  } finally {
    await edge.stop();
  }
}

async function fill(db: Database): Promise<void> {
  // The number keeps the names apart; the square and the power make the skew.
  await db.none(
    `insert into marketplace.tags (name, normalized, uses)
    select name, replace(name, '-', ''), uses
    from (
      select string_agg(($2::text[])[1 + floor(cardinality($2::text[]) * random() ^ 2)::integer], '' order by k) || '-' || n as name,
        floor(random() ^ -0.8)::integer as uses
      from generate_series(1, $1) n, generate_series(1, 2 + n % 4) k
      group by n
    ) as made`,
    [tagRows, syllables],
  );
  await db.none('vacuum analyze marketplace.tags');
}

async function choosePrefixes(db: Database, length: number): Promise<string[]> {
  const rows = await db.any<{ prefix: string }>(
    `select left(normalized, $1) as prefix
    from marketplace.tags tablesample bernoulli (1)
    order by random()
    limit $2`,
    [length, prefixesPerLength],
  );
  return rows.map(row => row.prefix);
}

async function register(api: string): Promise<string> {
  const reply = await fetch(`${api}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'bench', email: 'bench@example.com', password: 'bench-bench-bench' }),
  });
  if (reply.status !== 201) throw new Error(`registering was answered ${reply.status}: ${await reply.text()}`);
  return ((await reply.json()) as { data: { access_token: string } }).data.access_token;
}
