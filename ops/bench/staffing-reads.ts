import Table from 'cli-table3';
import { migrate } from '../../db/migrate.ts';
import { addDays, utcDay } from '../../shared/warranty.ts';
import { freePorts } from '../embedded/free-ports.ts';
import { startIdentitySandbox } from '../sandbox/identity/server.ts';
import { answering } from './answering.ts';
import { percentile } from './percentile.ts';
import { processEnv } from './process-env.ts';
import { runsBuilt, startProcess } from './processes.ts';
import type { Services } from './services.ts';
import { fillStaffing } from './staffing-data.ts';

const runs = 100;
/** Of the client user who acts for the biggest business. */
const clientUid = 'client-1';

interface Read {
  name: string;
  path: string;
  latenciesMs: number[];
}

/**
 * How long a client's reads and reports take over two years of 500,000 shifts, one client at a time over HTTP. It acts for
 * the business that has four fifths of them.
 */
export async function measureStaffingReads(services: Services): Promise<unknown> {
  const { url, db } = await services.emptyDatabase('staffing');
  await migrate(url);
  const filledAtMs = performance.now();
  await fillStaffing(db);
  const fillSeconds = (performance.now() - filledAtMs) / 1_000;
  const identity = await startIdentitySandbox();
  const broker = await services.rabbitmq();
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
      FIREBASE_PROJECT_ID: identity.projectId,
      FIREBASE_API_KEY: identity.apiKey,
      FIREBASE_AUTH_BASE: identity.url,
      FIREBASE_JWKS_URL: identity.jwksUrl,
      FIREBASE_ISSUER: identity.issuer,
    },
  });
  try {
    const origin = `http://127.0.0.1:${port}`;
    const headers = { authorization: `Bearer ${await identity.signToken(clientUid)}` };
    const ask = async (path: string): Promise<{ ms: number; body: Record<string, unknown> }> => {
      const sentAtMs = performance.now();
      const reply = await fetch(origin + path, { headers });
      const body = (await reply.json()) as Record<string, unknown>;
      if (!reply.ok) throw new Error(`${path} was answered ${reply.status}: ${JSON.stringify(body)}`);
      return { ms: performance.now() - sentAtMs, body };
    };
    await answering(`${origin}/client/session`);
    const { items } = (await ask('/client/reorders')).body as { items: { orderId: string }[] };
    const reads = readsOf(items[0]?.orderId ?? '');
    for (const { path } of reads) await ask(path);
    // In turns, so that what else the machine does falls on all alike.
    for (let run = 0; run < runs; run++)
      for (const { path, latenciesMs } of reads) latenciesMs.push((await ask(path)).ms);
    for (const { latenciesMs } of reads) latenciesMs.sort((a, b) => a - b);
    console.log(draw(reads));
    console.log(
      `p50 and p99 in ms of ${runs} asks; filled in ${fillSeconds.toFixed(0)} s; ${runsBuilt ? 'built' : 'through tsx'}`,
    );
    return reads.map(({ name, latenciesMs }) => ({
      name,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    }));
  } finally {
    await edge.stop();
    await identity.stop();
  }
}

function readsOf(orderId: string): Read[] {
  const today = utcDay(new Date());
  const month = `startDate=${addDays(today, -30)}&endDate=${today}`;
  const year = `startDate=${addDays(today, -365)}&endDate=${today}`;
  const reports = ['summary', 'spend', 'coverage', 'forecast', 'performance', 'no-show'];
  const paths: [string, string][] = [
    ...[
      'session',
      'dashboard',
      'reorders',
      'hubs',
      'team-members',
      'billing/current-bill',
      'billing/savings',
      'billing/invoices/pending',
      'billing/invoices/history',
      'coverage',
      'coverage/stats',
      'coverage/core-team',
    ].map((name): [string, string] => [name, name]),
    [`orders/…/reorder-preview`, `orders/${orderId}/reorder-preview`],
    ['reports/daily-ops', `reports/daily-ops?date=${addDays(today, -1)}`],
    ...['orders/view', 'billing/spend-breakdown', ...reports.map(name => `reports/${name}`)].flatMap(
      (name): [string, string][] => [
        [`${name}, 31 days`, `${name}?${month}`],
        [`${name}, 366 days`, `${name}?${year}`],
      ],
    ),
  ];
  return paths.map(([name, path]) => ({ name: `/client/${name}`, path: `/client/${path}`, latenciesMs: [] }));
}

function draw(reads: readonly Read[]): string {
  const table = new Table({
    head: ['', 'p50', 'p99'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right'],
  });
  for (const { name, latenciesMs } of reads)
    table.push([name, ...[0.5, 0.99].map(share => percentile(latenciesMs, share).toFixed(1))]);
  return table.toString();
}
