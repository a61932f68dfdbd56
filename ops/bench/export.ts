import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { getJob } from '../../db/core/jobs.ts';
import { insertJob } from '../../db/insert-job.ts';
import { beginExport } from '../../db/marketplace/exports.ts';
import { migrate } from '../../db/migrate.ts';
import { transact } from '../../db/transact.ts';
import { userExport } from '../../shared/jobs/export.ts';
import { freePorts } from '../embedded/free-ports.ts';
import { median } from './percentile.ts';
import { processEnv } from './process-env.ts';
import { currentRssMb, peakRssMb, runsBuilt, startProcess } from './processes.ts';
import type { Services } from './services.ts';

const rows = 1_000_000;
const rounds = 3;
const userId = '01980000-0000-7000-8000-000000000001';

/** What the export is to be nearly as fast as: the same rows by the shortest way there is. */
const reference =
  'psql "$DATABASE_URL" -qc "copy (select row_to_json(page) from (' +
  "select id, type, title, body, data - 'download_url' as data, read_at, created_at from marketplace.notifications where user_id = '$USER_ID' order by id" +
  ') page) to stdout" | gzip -6 | sha256sum';

/** Exports a user with a million rows, in turn with a pipe of psql, gzip and sha256sum over the same rows: at least 0.7 of its speed, in less than 200 MB. */
export async function measureExport(services: Services): Promise<unknown> {
  const { url } = await services.emptyDatabase('export');
  const broker = await services.rabbitmq();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-bench-export-'));
  const db = connectDatabase({
    url,
    maxConnections: 2,
    applicationName: 'millrace-bench',
    statementTimeoutMs: 600_000,
  });
  try {
    await migrate(url);
    await fill(db);
    const [opsPort] = await freePorts(1);
    const worker = startProcess('workers/main', {
      env: {
        DATABASE_URL: url,
        BROKER_URL: broker.url,
        DATA_DIR: dataDir,
        WORKER_KINDS: userExport.kind,
        OPS_PORT: `${opsPort}`,
        LOG_LEVEL: 'warn',
        ...processEnv,
      },
    });
    await untilRegistered(db);
    const idleMb = await currentRssMb(worker.pid);
    const pipe = { exportS: [] as number[], referenceS: [] as number[] };
    const withReference = await isInstalled('psql');
    for (let round = 0; round < rounds; round++) {
      if (withReference) pipe.referenceS.push(await runReference(url));
      pipe.exportS.push(await runExport(db));
    }
    const blockedMs = (await readMetric(opsPort as number, 'nodejs_eventloop_lag_max_seconds')) * 1_000;
    const peakMb = await peakRssMb(worker.pid);
    await worker.stop();
    return tell({ ...pipe, idleMb, peakMb, blockedMs });
  } finally {
    await db.$pool.end();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function fill(db: Database): Promise<void> {
  await db.none(
    `insert into marketplace.users (id, username, email, password_hash) values ($1, 'bench', 'bench@example.com', 'none')`,
    [userId],
  );
  await db.none(
    // Ids of version 7, as they come: a second apart.
    `insert into marketplace.notifications (id, user_id, type, title, body, data, read_at, created_at)
    select (lpad(to_hex(1767225600000 + n * 1000), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
      $1, 'warranty_expiring', 'The warranty of item ' || n || ' ends soon', 'It ends in ' || n % 30 || ' days: ' || hash,
      jsonb_build_object('gear_id', hash::uuid, 'threshold_days', n % 30), case when n % 3 = 0 then now() end,
      timestamptz '2026-01-01' + n * interval '1 s'
    from (select n, md5(n::text) as hash from generate_series(1::bigint, $2) n) made`,
    [userId, rows],
  );
  await db.none('vacuum analyze marketplace.notifications');
}

async function untilRegistered(db: Database): Promise<void> {
  while (!(await db.oneOrNone('select id from core.workers limit 1'))) await sleep(50);
}

/** Seconds that a worker spent on one export. */
async function runExport(db: Database): Promise<number> {
  await db.none('delete from marketplace.exports');
  const jobId = await transact({ db, dispatch: { send: () => {} } }, async tx => {
    const begun = await beginExport(tx, userId);
    const order = { owner: `marketplace/${userId}`, requestId: randomUUID() };
    return (await insertJob(tx, userExport, { exportId: begun.id }, order)).id;
  });
  // Nobody publishes it here; the worker's relay does.
  await db.none('update core.jobs set due_at = now() where id = $1', [jobId]);
  for (;;) {
    const job = await getJob(db, jobId);
    if (job?.fault) throw new Error(`the export failed: ${JSON.stringify(job.fault)}`);
    if (job?.state === 'succeeded')
      return ((job.finishedAt as Date).getTime() - (job.startedAt as Date).getTime()) / 1_000;
    await sleep(100);
  }
}

async function runReference(url: string): Promise<number> {
  const startedMs = performance.now();
  await promisify(execFile)('sh', ['-c', reference], {
    env: { ...process.env, DATABASE_URL: url, USER_ID: userId, PGOPTIONS: '-c timezone=UTC' },
  });
  return (performance.now() - startedMs) / 1_000;
}

function isInstalled(program: string): Promise<boolean> {
  return promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false,
  );
}

async function readMetric(opsPort: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

interface Measured {
  exportS: number[];
  referenceS: number[];
  idleMb: number;
  peakMb: number;
  blockedMs: number;
}

function tell(measured: Measured): Measured & { ratio: number | null } {
  const { exportS, referenceS, idleMb, peakMb, blockedMs } = measured;
  const seconds = (values: number[]) => values.map(value => value.toFixed(1)).join(', ');
  console.log(`export of ${rows.toLocaleString('en')} rows: ${seconds(exportS)} s`);
  const ratio = referenceS.length > 0 ? median(referenceS) / median(exportS) : null;
  if (ratio === null) console.log('psql is not installed: no reference');
  else
    console.log(
      `psql | gzip -6 | sha256sum: ${seconds(referenceS)} s; the export has ${ratio.toFixed(2)} of that speed`,
    );
  console.log(
    `worker: ${idleMb.toFixed(0)} MB before, at most ${peakMb.toFixed(0)} MB, blocked for at most ${blockedMs.toFixed(0)} ms; ${runsBuilt ? 'built' : 'through tsx'}`,
  );
  return { ...measured, ratio };
}
