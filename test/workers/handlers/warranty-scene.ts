import { createHash, randomUUID } from 'node:crypto';
import { claimJobs, completeJobs, recordEndings, type ClaimedJob } from '../../../db/core/job-run.ts';
import { getJob, type JobRow } from '../../../db/core/jobs.ts';
import { registerWorker } from '../../../db/core/workers.ts';
import { connectDatabase, type Database, type Transaction } from '../../../db/connect.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { insertGear } from '../../../db/marketplace/gear.ts';
import { transact } from '../../../db/transact.ts';
import type { Outbox } from '../../../ops/sandbox/outbox/server.ts';
import { catalogOf } from '../../../shared/catalog.ts';
import { createLog } from '../../../shared/log.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { warrantyNotice } from '../../../shared/jobs/warranty-notice.ts';
import { warrantyScan } from '../../../shared/jobs/warranty-scan.ts';
import { warrantyNotice as noticeHandler } from '../../../workers/handlers/warranty-notice.ts';
import { warrantyScan as scanHandler } from '../../../workers/handlers/warranty-scan.ts';
import { register } from '../../../workers/registry.ts';
import { runJob, type RunDeps } from '../../../workers/run.ts';
import { RunningJob } from '../../../workers/running.ts';
import { createDatabase } from '../../support/database.ts';
import { startOutside } from '../../support/outside.ts';

/** Of the sender, and so of each Message-ID. */
const domain = 'millrace.test';

/** A database, a mail server and a worker without its loops: every job runs when the test says so, on the day it says. */
export interface WarrantyScene {
  db: Database;
  outbox: Outbox;
  addUser(): Promise<{ id: string; email: string }>;
  addGear(ownerId: string, endsOn: string | null, name?: string): Promise<string>;
  /** Moves the end of a warranty. */
  setEnd(gearId: string, endsOn: string | null): Promise<unknown>;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Inserts a scan and claims it: a worker had it since the morning of that day. */
  claimScan(today: string): Promise<RunningJob>;
  run(running: RunningJob): Promise<JobRow>;
  /** A whole scan, answered by its result. */
  scan(today: string): Promise<unknown>;
  /** Runs the next attempt of every waiting notice, and answers the jobs as they then stand. */
  work(today: string): Promise<JobRow[]>;
  /** `<gear> <end date> <threshold>` of each notice, each notification, each mail kept by the server. */
  notices(): Promise<string[]>;
  notifications(): Promise<string[]>;
  mails(): string[];
  /** Takes back gear, notices and whatever was told of them. */
  empty(): Promise<unknown>;
  stop(): Promise<void>;
}

export async function openWarrantyScene(): Promise<WarrantyScene> {
  const database = await createDatabase();
  const db = connectDatabase({ url: database.url, maxConnections: 8, applicationName: 'test' });
  const outside = await startOutside();
  const { outbox, ports } = outside;
  const catalog = catalogOf([warrantyScan, warrantyNotice]);
  const dispatch = { send: () => undefined };
  const worker = randomUUID();
  await registerWorker(db, { id: worker, name: 'test', version: '0', kinds: [...catalog.keys()], leaseMs: 3_600_000 });
  const deps: RunDeps = {
    db,
    dispatch,
    catalog,
    registry: new Map([register(warrantyScan, scanHandler), register(warrantyNotice, noticeHandler)]),
    settlers: new Map(),
    ports,
    log: createLog({ level: 'silent', name: 'test' }),
    metrics: createMetrics({ process: 'test' }),
    random: () => 0.5,
    complete: async (by, item) => (await completeJobs(db, by, [item]))[0] ?? false,
    end: async (by, item) => (await recordEndings(db, by, [item]))[0] !== null,
    closing: new AbortController().signal,
  };
  const claim = async (jobId: string, today: string) => {
    const attempt = (await getJob(db, jobId))?.attempt ?? -1;
    const [job] = (await claimJobs(db, worker, [{ id: jobId, attempt }])) as [ClaimedJob];
    return new RunningJob({ ...job, worker, startedAt: new Date(`${today}T06:00:00Z`) });
  };
  const run = async (running: RunningJob) => {
    await runJob(deps, running);
    return (await getJob(db, running.job.id)) as JobRow;
  };
  const claimScan = async (today: string) => {
    const order = { owner: 'system', requestId: randomUUID() };
    const { id } = await transact(deps, tx => insertJob(tx, warrantyScan, {}, order));
    return claim(id, today);
  };
  /** Tells of which notice a mail is, by the Message-ID that the notice gives it. */
  const names = new Map<string, string>();
  const texts = (rows: { text: string }[]) => rows.map(row => row.text).sort();

  return {
    db,
    outbox,
    async addUser() {
      const id = randomUUID();
      const email = `${id}@example.com`;
      await db.none('insert into marketplace.users (id, username, email, password_hash) values ($1, $2, $3, $4)', [
        id,
        `user-${id.slice(-12)}`,
        email,
        'none',
      ]);
      return { id, email };
    },
    async addGear(ownerId, endsOn, name = 'A microphone') {
      const blank = { category: null, brand: null, model: null, serialNumber: null, purchaseDate: null, notes: null };
      const price = { purchasePriceCents: null, currency: null };
      const gear = await transact(deps, tx =>
        insertGear(tx, ownerId, { ...blank, ...price, name, warrantyExpiresAt: endsOn }),
      );
      if (!gear) throw new Error('the owner has too much gear');
      return gear.id;
    },
    setEnd: (gearId, endsOn) =>
      db.none('update marketplace.gear set warranty_expires_at = $2 where id = $1', [gearId, endsOn]),
    transact: work => transact(deps, work),
    claimScan,
    run,
    async scan(today) {
      const job = await run(await claimScan(today));
      if (job.state !== 'succeeded') throw new Error(`the scan ${job.state}: ${JSON.stringify(job.fault)}`);
      return job.result;
    },
    async work(today) {
      const rows = await db.any<{ id: string }>(
        "select id from core.jobs where kind = 'warranty-notice' and state = 'pending' order by id",
      );
      const done: JobRow[] = [];
      for (const { id } of rows) done.push(await run(await claim(id, today)));
      return done;
    },
    async notices() {
      return texts(
        await db.any(
          `select gear_id || ' ' || ends_on || ' ' || threshold_days as text from marketplace.warranty_notices`,
        ),
      );
    },
    async notifications() {
      const told = texts(
        await db.any(
          `select (data->>'gear_id') || ' ' || (data->>'ends_on') || ' ' || (data->>'threshold_days') as text from marketplace.notifications`,
        ),
      );
      for (const text of told) {
        const key = createHash('sha256')
          .update(`warranty:${text.replaceAll(' ', ':')}`)
          .digest('hex');
        names.set(`<${key}@${domain}>`, text);
      }
      return told;
    },
    mails: () =>
      outbox
        .mails()
        .map(mail => names.get(mail.messageId ?? '') ?? `unknown ${mail.messageId}`)
        .sort(),
    async empty() {
      await outbox.empty();
      await db.none("delete from core.jobs where kind like 'warranty-%'");
      await db.none('delete from marketplace.notifications');
      await db.none('delete from marketplace.gear');
    },
    async stop() {
      await outside.stop();
      await db.$pool.end();
      await database.drop();
    },
  };
}
