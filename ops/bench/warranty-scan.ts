import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '../../db/connect.ts';
import { insertJob } from '../../db/insert-job.ts';
import { migrate } from '../../db/migrate.ts';
import { transact } from '../../db/transact.ts';
import { warrantyScan } from '../../shared/jobs/warranty-scan.ts';
import { processEnv } from './process-env.ts';
import { currentRssMb, peakRssMb, runsBuilt, type Started, startProcess } from './processes.ts';
import type { Database, Services } from './services.ts';

const gearRows = 1_000_000;
const dueRows = 10_000;
const owners = 1_000;

interface Scan {
  scanned: number;
  notices: number;
  seconds: number;
  /** Of the worker, before the scan and at most until its end. */
  idleMb: number;
  peakMb: number;
}

/**
 * How long a worker takes to find the 10,000 warranties that end soon among a million pieces of gear and to make their
 * notices, what it holds meanwhile, and how long the next scan takes, which finds that all were made.
 */
export async function measureWarrantyScan(services: Services): Promise<unknown> {
  const [{ url, db }, broker] = await Promise.all([services.emptyDatabase('warranty'), services.rabbitmq()]);
  await migrate(url);
  await fill(db);
  const worker = startProcess('workers/main', {
    env: {
      DATABASE_URL: url,
      BROKER_URL: broker.url,
      LOG_LEVEL: 'warn',
      OPS_PORT: '0',
      WORKER_KINDS: warrantyScan.kind,
      ...processEnv,
    },
  });
  try {
    const first = await scan(url, db, worker);
    const next = await scan(url, db, worker);
    const show = (name: string, { seconds, notices, scanned, idleMb, peakMb }: Scan) =>
      console.log(
        `${name}: ${seconds.toFixed(2)} s, ${notices} notices of ${scanned} that end soon; worker ${idleMb.toFixed(0)} MB before, at most ${peakMb.toFixed(0)} MB`,
      );
    show(`first scan of ${gearRows} rows`, first);
    show('next scan', next);
    console.log(runsBuilt ? 'built' : 'through tsx');
    return { gearRows, first, next };
  } finally {
    await worker.stop();
  }
}

/** A million rows in random order of end dates; one in ten has no warranty, as many as `dueRows` end within 30 days. */
async function fill(db: Database): Promise<void> {
  await db.none(
    `insert into marketplace.users (id, username, email, password_hash)
    select gen_random_uuid(), 'user-' || n, n || '@example.com', 'none' from generate_series(1, $1) n`,
    [owners],
  );
  await db.none(
    `with owner as (select array_agg(id) as ids from marketplace.users)
    insert into marketplace.gear (id, owner_id, name, warranty_expires_at)
    select gen_random_uuid(), ids[1 + n % $3], 'Gear ' || n,
      case when n <= $2 then (now() at time zone 'utc')::date + n % 31
        when n % 10 > 0 then (now() at time zone 'utc')::date + (array[-1, 1])[1 + n % 2] * (32 + n % 4000) end
    from owner, generate_series(1, $1) n`,
    [gearRows, dueRows, owners],
  );
  await db.none('vacuum analyze marketplace.gear');
}

async function scan(url: string, look: Database, worker: Started): Promise<Scan> {
  const db = connectDatabase({ url, maxConnections: 1, applicationName: 'millrace-bench' });
  try {
    // The worker's relay finds the job.
    const deps = { db, dispatch: { send: () => undefined } };
    const order = { owner: 'system', requestId: randomUUID() };
    const { id } = await transact(deps, tx => insertJob(tx, warrantyScan, {}, order));
    let idleMb = 0;
    for (const endMs = Date.now() + 300_000; Date.now() < endMs; await sleep(50)) {
      const job = await look.one<{ state: string; result: { scanned: number; notices: number }; seconds: number }>(
        'select state, result, extract(epoch from finished_at - started_at)::float8 as seconds from core.jobs where id = $1',
        [id],
      );
      if (job.state === 'failed') throw new Error('the scan failed');
      if (job.state === 'succeeded')
        return { ...job.result, seconds: job.seconds, idleMb, peakMb: await peakRssMb(worker.pid) };
      if (job.state !== 'running') idleMb = await currentRssMb(worker.pid);
    }
    throw new Error('the scan did not end within five minutes');
  } finally {
    await db.$pool.end();
  }
}
