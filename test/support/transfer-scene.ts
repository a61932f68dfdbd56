import { randomUUID } from 'node:crypto';
import type { StripeSandbox } from '../../ops/sandbox/stripe/server.ts';
import { claimJobs, completeJobs, recordEndings, type ClaimedJob } from '../../db/core/job-run.ts';
import { getJob, type JobRow } from '../../db/core/jobs.ts';
import { registerWorker } from '../../db/core/workers.ts';
import { connectDatabase, type Database, type Transaction } from '../../db/connect.ts';
import { insertPaidOrder } from './paid-order.ts';
import type { InsertedTransfer } from '../../db/marketplace/complete-order.ts';
import { listTransferAttempts } from '../../db/marketplace/transfer-attempts.ts';
import { getTransfer, type TransferRow } from '../../db/marketplace/transfers.ts';
import { recordOutcome } from '../../db/record.ts';
import { loadSettlers } from '../../db/settlers.ts';
import { transact } from '../../db/transact.ts';
import { loadCatalog } from '../../shared/catalog.ts';
import { createLog } from '../../shared/log.ts';
import { createMetrics } from '../../shared/metrics.ts';
import { rescuedOutcome } from '../../shared/outcome.ts';
import { readConfig } from '../../shared/config.ts';
import type { StripePort } from '../../shared/ports/stripe.ts';
import { transfer as transferSpec } from '../../shared/jobs/transfer.ts';
import { loadRegistry } from '../../workers/registry.ts';
import { runJob, type RunDeps } from '../../workers/run.ts';
import { RunningJob } from '../../workers/running.ts';
import { createDatabase } from './database.ts';
import { startOutside } from './outside.ts';

const catalog = loadCatalog({ echoKinds: true });
const registry = loadRegistry(readConfig({}));
const settlers = loadSettlers({ transferRetryEnabled: true });
const log = createLog({ level: 'silent', name: 'test' });
const metrics = createMetrics({ process: 'test' });
const dispatch = { send: () => undefined };

/** A database, a Stripe server and a worker without its loops: every job runs when the test says so. */
export interface TransferScene {
  db: Database;
  sandbox: StripeSandbox;
  stripe: StripePort;
  buyerId: string;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A new user, or the one given; with `account`, one who can be paid. */
  addSeller(options?: { account?: boolean; userId?: string }): Promise<string>;
  /** A paid order of 29.99 EUR by one seller. */
  pay(
    sellerId: string,
    options?: { retryEnabled?: boolean; grossCents?: number },
  ): Promise<{ orderId: string } & InsertedTransfer>;
  claim(jobId: string): Promise<ClaimedJob & { worker: string }>;
  /** Claims a waiting job and runs its next attempt to its recorded end. */
  run(jobId: string): Promise<JobRow>;
  /** Runs the next attempt, and dies before anything of its end is recorded; then the rescue finds it. */
  runAndDie(jobId: string): Promise<JobRow>;
  /** Claims the next attempt, and is rescued from that. */
  loseWorker(jobId: string): Promise<JobRow>;
  liveJob(transferId: string): Promise<{ id: string; kind: string } | null>;
  dueAt(jobId: string): Promise<Date | null>;
  transfer(id: string): Promise<TransferRow>;
  events(id: string): Promise<string[]>;
  setOrder(orderId: string, status: string): Promise<unknown>;
  /** Moves a transfer's life back in time. */
  age(id: string, interval: string): Promise<unknown>;
  /** A day and an hour pass for a transfer and for the provider, who forgets its keys. */
  passDay(id: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function openTransferScene(): Promise<TransferScene> {
  const database = await createDatabase();
  const db = connectDatabase({ url: database.url, maxConnections: 8, applicationName: 'test' });
  let providerAheadMs = 0;
  const outside = await startOutside({
    startingBalanceCents: { EUR: 10_000_000 },
    nowMs: () => Date.now() + providerAheadMs,
    timeoutMs: 400,
  });
  const { stripe: sandbox } = outside;
  const { stripe } = outside.ports;
  const worker = randomUUID();
  await registerWorker(db, { id: worker, name: 'test', version: '0', kinds: [...catalog.keys()], leaseMs: 3_600_000 });

  const deps: RunDeps = {
    db,
    dispatch,
    catalog,
    registry,
    settlers,
    ports: outside.ports,
    log,
    metrics,
    random: () => 0.5,
    complete: async (by, item) => (await completeJobs(db, by, [item]))[0] ?? false,
    end: async (by, item) => (await recordEndings(db, by, [item]))[0] !== null,
    closing: new AbortController().signal,
  };
  const claim = async (jobId: string) => {
    const before = await getJob(db, jobId);
    const [job] = await claimJobs(db, worker, [{ id: jobId, attempt: before?.attempt ?? -1 }]);
    if (!job) throw new Error(`job ${jobId} is ${before?.state ?? 'missing'}: it can't be claimed`);
    return { ...job, worker };
  };
  const runClaimed = (job: Awaited<ReturnType<typeof claim>>, more: Partial<RunDeps> = {}) =>
    runJob({ ...deps, ...more }, new RunningJob(job));
  const rescue = async (job: Awaited<ReturnType<typeof claim>>) => {
    const facts = { attempt: job.attempt, maxAttempts: job.maxAttempts, retry: transferSpec.retry };
    const outcome = rescuedOutcome(facts, () => 0.5);
    await transact({ db, dispatch }, tx => recordOutcome(tx, settlers, job, outcome, { rescued: true }));
  };
  const rowOf = async (jobId: string) => (await getJob(db, jobId)) as JobRow;
  const addUser = async () => {
    const id = randomUUID();
    await db.none('insert into marketplace.users (id, username, email, password_hash) values ($1, $2, $3, $4)', [
      id,
      `user-${id.slice(-12)}`,
      `${id}@example.com`,
      'none',
    ]);
    return id;
  };

  const buyerId = await addUser();

  const age = async (id: string, interval: string) => {
    await db.none(
      `update marketplace.orders set created_at = created_at - $2::interval
      where id = (select order_id from marketplace.transfers where id = $1)`,
      [id, interval],
    );
    await db.none(
      `update marketplace.transfers set created_at = created_at - $2::interval, completed_at = completed_at - $2::interval,
        reversal_asked_at = reversal_asked_at - $2::interval, absent_read_at = absent_read_at - $2::interval where id = $1`,
      [id, interval],
    );
  };

  return {
    db,
    sandbox,
    stripe,
    buyerId,
    transact: work => transact({ db, dispatch }, work),
    async addSeller({ account = true, userId } = {}) {
      const id = userId ?? (await addUser());
      if (!account) return id;
      const { accountId } = await stripe.createAccount({ email: 's@example.com', metadata: {}, key: `account_${id}` });
      const back = 'http://127.0.0.1/back';
      const { url } = await stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back });
      await fetch(url, { redirect: 'manual' });
      await db.none(
        `insert into marketplace.sellers (user_id, stripe_account_id, default_currency, details_submitted, transfers_active, onboarded_at)
        values ($1, $2, 'EUR', true, true, now())`,
        [id, accountId],
      );
      return id;
    },
    async pay(sellerId, { retryEnabled = true, grossCents = 2999 } = {}) {
      const lines = [{ sellerId, title: 'A track', quantity: 1, grossCents }];
      const order = { buyerId, currency: 'EUR', lines, feeRate: 0.1 };
      const paid = await transact({ db, dispatch }, tx =>
        insertPaidOrder(tx, order, { requestId: randomUUID(), retryEnabled }),
      );
      return { orderId: paid.orderId, ...(paid.transfers[0] as InsertedTransfer) };
    },
    claim,
    async run(jobId) {
      await runClaimed(await claim(jobId));
      return rowOf(jobId);
    },
    async runAndDie(jobId) {
      const job = await claim(jobId);
      // What this runner records goes to a claim that isn't the present one, and so counts for nothing.
      await runClaimed({ ...job, claimNo: job.claimNo - 1 });
      await rescue(job);
      return rowOf(jobId);
    },
    async loseWorker(jobId) {
      await rescue(await claim(jobId));
      return rowOf(jobId);
    },
    liveJob: id => db.oneOrNone('select id, kind from core.jobs where unique_key = $1', [`transfer:${id}`]),
    dueAt: async jobId => (await rowOf(jobId)).dueAt,
    transfer: async id => (await getTransfer(db, id)) as TransferRow,
    events: async id => (await listTransferAttempts(db, id)).map(line => line.event),
    setOrder: (orderId, status) =>
      db.none('update marketplace.orders set status = $2 where id = $1', [orderId, status]),
    age,
    passDay(id) {
      providerAheadMs += 25 * 3_600_000;
      return age(id, '25 hours');
    },
    async stop() {
      await outside.stop();
      await db.$pool.end();
      await database.drop();
    },
  };
}
