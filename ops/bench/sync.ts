import { randomUUID } from 'node:crypto';
import { migrate } from '../../db/migrate.ts';
import { freePorts } from '../embedded/free-ports.ts';
import { startClerkSandbox } from '../sandbox/clerk/server.ts';
import { answering } from './answering.ts';
import { median, percentile } from './percentile.ts';
import { processEnv } from './process-env.ts';
import { currentRssMb, runsBuilt, startProcess } from './processes.ts';
import type { Database, Services } from './services.ts';

const pushes = 9;
const changesAPush = 1_000;
const devices = 50;
const changesADevice = 20;
const records = 100_000;
const pageRows = 2_000;
const idlePulls = 300;

/**
 * What devices wait for: a push of 1,000 changes, 50 devices that push 20 each at once, a first pull of 100,000 records, and a
 * pull with nothing new. Over HTTP, an edge of its own process, a Postgres that syncs every commit.
 */
export async function measureSync(services: Services): Promise<unknown> {
  const { url, db } = await services.emptyDatabase('sync');
  await migrate(url);
  const clerk = await startClerkSandbox();
  const { id: subject } = clerk.keepUser({ email: 'manager@bench.example', name: 'Manager' });
  const tenantId = await addTenant(db, subject);
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
      CLERK_ISSUER: clerk.issuer,
      CLERK_JWKS_URL: clerk.jwksUrl,
    },
  });
  try {
    const origin = `http://127.0.0.1:${port}`;
    const token = await clerk.signToken(subject, { lifetimeS: 3_600 });
    const headers = { authorization: `Bearer ${token}`, 'x-tenant-id': tenantId, 'content-type': 'application/json' };
    const ask = async (path: string, body?: unknown): Promise<{ ms: number; body: Answer }> => {
      const sentAtMs = performance.now();
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const reply = await fetch(origin + path, { headers, ...sent });
      const answer = (await reply.json()) as Answer;
      if (!reply.ok) throw new Error(`${path} was answered ${reply.status}: ${JSON.stringify(answer)}`);
      return { ms: performance.now() - sentAtMs, body: answer };
    };
    await answering(`${origin}/v1/tenants`);

    const pushMs: number[] = [];
    for (let push = 0; push < pushes; push++) pushMs.push((await ask('/v1/sync/push', pushOf(changesAPush))).ms);
    console.log(`push of ${changesAPush} changes: median ${median(pushMs).toFixed(0)} ms of ${pushes}`);

    const startedAtMs = performance.now();
    const answers = await Promise.all(
      Array.from({ length: devices }, () => ask('/v1/sync/push', pushOf(changesADevice))),
    );
    const crowdMs = performance.now() - startedAtMs;
    const applied = answers.reduce((sum, { body }) => sum + (body.applied?.length ?? 0), 0);
    const slowest = Math.max(...answers.map(answer => answer.ms));
    console.log(
      `${devices} devices, ${changesADevice} changes each, at once: ${applied} applied in ${crowdMs.toFixed(0)} ms, the slowest answer ${slowest.toFixed(0)} ms`,
    );

    const { count } = await db.one<{ count: string }>('select count(*) from fieldservice.records');
    for (let missing = records - Number(count); missing > 0; missing -= changesAPush)
      await ask('/v1/sync/push', pushOf(Math.min(changesAPush, missing)));
    const rssMb = [await currentRssMb(edge.pid)];
    const pullStartedAtMs = performance.now();
    let cursor: string | undefined;
    let pulled = 0;
    for (let hasMore = true; hasMore; ) {
      const since = cursor === undefined ? '' : `&since=${encodeURIComponent(cursor)}`;
      const { body } = await ask(`/v1/sync/pull?limit=${pageRows}${since}`);
      pulled += body.changes?.length ?? 0;
      cursor = body.nextCursor;
      hasMore = body.hasMore === true;
      rssMb.push(await currentRssMb(edge.pid));
    }
    const rowsPerSecond = pulled / ((performance.now() - pullStartedAtMs) / 1_000);
    const middle = rssMb[Math.floor(rssMb.length / 2)] ?? 0;
    console.log(
      `a first pull of ${pulled} records: ${Math.round(rowsPerSecond)} a second; edge ${rssMb[0]?.toFixed(0)} MB before, ${middle.toFixed(0)} MB half way, ${rssMb.at(-1)?.toFixed(0)} MB at the end`,
    );

    const idleMs: number[] = [];
    for (let pull = 0; pull < idlePulls; pull++)
      idleMs.push((await ask(`/v1/sync/pull?since=${encodeURIComponent(cursor ?? '')}`)).ms);
    idleMs.sort((a, b) => a - b);
    const [p50, p99] = [percentile(idleMs, 0.5), percentile(idleMs, 0.99)];
    console.log(`a pull with nothing new: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms of ${idlePulls}`);
    console.log(runsBuilt ? 'built' : 'through tsx');
    return { pushMs: median(pushMs), crowdMs, applied, rowsPerSecond, rssMb, idleP50Ms: p50, idleP99Ms: p99 };
  } finally {
    await edge.stop();
    await clerk.stop();
  }
}

interface Answer {
  applied?: string[];
  changes?: unknown[];
  nextCursor?: string;
  hasMore?: boolean;
}

async function addTenant(db: Database, subject: string): Promise<string> {
  const [userId, tenantId] = [randomUUID(), randomUUID()];
  await db.none(
    `insert into fieldservice.users (id, subject, email, display_name) values ($1, $3, 'manager@bench.example', 'Manager');
    insert into fieldservice.tenants (id, name, owner_user_id) values ($2, 'Bench', $1);
    insert into fieldservice.memberships (tenant_id, user_id, role) values ($2, $1, 'manager')`,
    [userId, tenantId, subject],
  );
  return tenantId;
}

/** New records of the seed's size, half of them finance entries. */
function pushOf(count: number) {
  const clientUpdatedAt = new Date().toISOString();
  const changes = Array.from({ length: count }, (_, index) => {
    const change = { op: 'upsert', entityId: randomUUID(), clientUpdatedAt };
    return index % 2 === 0
      ? { ...change, entity: 'client', payload: clientPayload }
      : { ...change, entity: 'finance_entry', payload: { ...entryPayload, clientId: randomUUID() } };
  });
  return { deviceId: randomUUID(), clientTime: clientUpdatedAt, changes };
}

const clientPayload = {
  name: 'John Doe',
  phone: '+1 415 555 0100',
  whatsappPhone: '+1 415 555 0101',
  email: 'john@doe.com',
  address: '123 Main St',
  propertyDetails: 'Unit 2B',
  accessNotes: 'Call front desk',
  preferredSchedule: 'Morning',
};
const entryPayload = {
  title: 'Invoice - Dec',
  amount: 320.0,
  type: 'receivable',
  status: 'pending',
  currency: 'USD',
  kind: 'invoiceClient',
  dueDate: '2025-12-31',
  isDisputed: false,
};
