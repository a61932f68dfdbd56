import Table from 'cli-table3';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { createOperator } from '../../db/core/operators.ts';
import { migrate } from '../../db/migrate.ts';
import { loadCatalog } from '../../shared/catalog.ts';
import { createMetrics } from '../../shared/metrics.ts';
import { hashPassword } from '../../shared/password.ts';
import { freePorts } from '../embedded/free-ports.ts';
import { sampleFailuresOnce } from '../ticker/sample-failures.ts';
import { Sampler } from '../ticker/sampler.ts';
import { answering } from './answering.ts';
import { fillJobs } from './job-history.ts';
import { percentile } from './percentile.ts';
import { processEnv } from './process-env.ts';
import { runsBuilt, startProcess } from './processes.ts';
import type { Services } from './services.ts';

const history = { finished: 5_000_000, pending: 500_000, faultyShare: 0.01 };
const runs = 100;
const looks = 10;
const login = { email: 'bench@example.com', password: 'bench bench bench' };

interface Timed {
  name: string;
  latenciesMs: number[];
}

/**
 * How long the console's pages take over five million jobs that ended and half a million that wait, one operator at a time over
 * HTTP; and how long the ticker's looks at all of it take, which the pages show.
 */
export async function measureConsole(services: Services): Promise<unknown> {
  const [{ url }, broker] = await Promise.all([services.emptyDatabase('console'), services.rabbitmq()]);
  await migrate(url);
  const filledAtMs = performance.now();
  const db = connectDatabase({ url, maxConnections: 1, applicationName: 'millrace-bench', statementTimeoutMs: 0 });
  await fillJobs(db, history);
  await fillMinutes(db);
  await db.$pool.end();
  console.error(`filled in ${((performance.now() - filledAtMs) / 1_000).toFixed(0)} s`);
  return measureOver(url, broker.url);
}

/** Over a database that is filled. */
export async function measureOver(databaseUrl: string, brokerUrl: string): Promise<unknown> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-bench-console-'));
  const db = connectDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'millrace-bench' });
  const ticker = await timeTicker(databaseUrl);
  const passwordHash = await hashPassword(login.password);
  await createOperator(db, { email: login.email, name: 'Bench', role: 'operator', passwordHash });
  const [port] = await freePorts(1);
  const env = {
    DATABASE_URL: databaseUrl,
    BROKER_URL: brokerUrl,
    OPS_PORT: `${port}`,
    LOG_LEVEL: 'warn',
    DATA_DIR: dataDir,
  };
  const started = startProcess('ops/console/main', { env: { ...env, ...processEnv } });
  try {
    const origin = `http://127.0.0.1:${port}`;
    await answering(`${origin}/login`);
    const signedIn = await fetch(`${origin}/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(login),
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const ask = async (address: string) => {
      const sentAtMs = performance.now();
      const reply = await fetch(origin + address, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' });
      await reply.text();
      if (reply.status !== 200) throw new Error(`${address} was answered ${reply.status}`);
      return performance.now() - sentAtMs;
    };
    const addresses = await addressesOf(db);
    const pages = addresses.map(([name, address]) => ({ name, address, latenciesMs: [] as number[] }));
    for (const { address } of pages) await ask(address);
    // In turns, so that what else the machine does falls on all alike.
    for (let run = 0; run < runs; run++)
      for (const { address, latenciesMs } of pages) latenciesMs.push(await ask(address));
    const load = loadavg().map(one => one.toFixed(1));
    console.log(draw([...pages, ...ticker]));
    console.log(
      `p50 and p99 in ms of ${runs} asks, of the ticker's looks ${looks}; ${history.finished} jobs ended, ${history.pending} wait; load ${load.join(' ')}; ${runsBuilt ? 'built' : 'through tsx'}`,
    );
    return [...pages, ...ticker].map(({ name, latenciesMs }) => ({ name, ...percentilesOf(latenciesMs) }));
  } finally {
    await started.stop();
    await db.$pool.end();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The leader's looks, over a connection as the ticker has one. They write down what the pages then show. */
async function timeTicker(url: string): Promise<Timed[]> {
  const db = connectDatabase({ url, maxConnections: 2, applicationName: 'millrace-bench', indexLookupsOnly: true });
  try {
    const metrics = createMetrics({ process: 'bench' });
    const sampler = new Sampler({
      db,
      metrics,
      catalog: loadCatalog({ echoKinds: false }),
      broker: { name: 'rabbitmq', state: 'connecting', depth: async () => new Map(), check: async () => {} },
      leader: () => ({ name: 'bench', since: new Date(0).toISOString() }),
      loops: () => [],
    });
    const sample: Timed = { name: "the ticker's look at what waits", latenciesMs: [] };
    const failures: Timed = { name: "the ticker's look at failures", latenciesMs: [] };
    for (let look = 0; look < looks; look++) {
      sample.latenciesMs.push(await sampler.sample());
      failures.latenciesMs.push(await sampleFailuresOnce({ db, metrics }));
    }
    return [sample, failures];
  } finally {
    await db.$pool.end();
  }
}

/** Pages by name; of what they filter by, something of which there is much and something rare. */
async function addressesOf(db: Database): Promise<[string, string][]> {
  const { failed } = await db.one<{ failed: string }>(
    `select id as failed from core.jobs where fault is not null order by id limit 1`,
  );
  const { unique } = await db.one<{ unique: string }>(
    `select unique_key as "unique" from core.jobs where unique_key is not null limit 1`,
  );
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 16);
  const filters: [string, string][] = [
    ['all', ''],
    ['a common kind', 'kind=notification'],
    ['a rare kind', 'kind=export'],
    ...['queued', 'running', 'retrying', 'succeeded', 'failed', 'cancelled'].map((status): [string, string] => [
      status,
      `status=${status}`,
    ]),
    ['failed of a kind', 'kind=export&status=failed'],
    ['cancelled of a kind: none', 'kind=notification&status=cancelled'],
    ['the owner of most', 'owner=system'],
    ['an owner of little', 'owner=marketplace/user-4990'],
    ['failed of an owner', 'owner=system&status=failed'],
    ['a kind of an owner', 'owner=marketplace/user-0&kind=export'],
    ['an owner that is none', 'owner=nobody'],
    ['a tenant', 'tenant=tenant-7'],
    ['a tenant and an owner', 'tenant=tenant-7&owner=system'],
    ['a fault', 'fault=balance_insufficient'],
    ['a fault of a kind', 'fault=unreadable&kind=verification'],
    ['a fault that is none', 'fault=no_such_code'],
    ['a day, two weeks ago', `from=${day(15)}&to=${day(14)}`],
    ['failed on that day', `from=${day(15)}&to=${day(14)}&status=failed`],
    ['before a month ago: none', `to=${day(31)}`],
    ['from the middle on', `kind=transfer&before=${failed}`],
    ['an id', `ids=${failed}`],
    ['a unique key', `key=${encodeURIComponent(unique)}`],
  ];
  return [
    ['overview', '/'],
    ...filters.map(([name, query]): [string, string] => [`jobs: ${name}`, `/jobs?${query}`]),
    ['a job', `/jobs/${failed}`],
    ['failures', '/failures'],
    ['a group of failures', '/failures/transfer/balance_insufficient'],
    ['queues', '/queues'],
    ['a chart of a day', '/charts/all?what=rates&span=day'],
  ];
}

/** Eight days of every minute, as long as they are kept. */
async function fillMinutes(db: Database): Promise<void> {
  await db.none(
    `insert into core.kind_minutes (minute, kind, accepted, succeeded, failed, retried, ready, running, retrying, oldest_s, p50_ms, p99_ms)
    select date_trunc('minute', now()) - n * interval '1 minute', kind, 15, 14, 1, 1, 20, 5, 2, 3, 40, 400
    from generate_series(1, 8 * 1440) n, (select distinct kind from core.jobs where due_at is not null) kinds`,
  );
}

const percentilesOf = (latenciesMs: readonly number[]) => {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
};

function draw(timed: readonly Timed[]): string {
  const table = new Table({
    head: ['', 'p50', 'p99'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right'],
  });
  for (const { name, latenciesMs } of timed) {
    const { p50Ms, p99Ms } = percentilesOf(latenciesMs);
    table.push([name, p50Ms.toFixed(1), p99Ms.toFixed(1)]);
  }
  return table.toString();
}
