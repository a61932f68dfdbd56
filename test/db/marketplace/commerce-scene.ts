import { createHash, randomUUID } from 'node:crypto';
import { claimJobs, completeJobs, recordEndings, type ClaimedJob } from '../../../db/core/job-run.ts';
import { getJob } from '../../../db/core/jobs.ts';
import { registerWorker } from '../../../db/core/workers.ts';
import { connectDatabase, type Database, type Transaction } from '../../../db/connect.ts';
import { beginRefund } from '../../../db/marketplace/begin-refund.ts';
import { orderRulesOf } from '../../../db/marketplace/order-rules.ts';
import { lockOrder, notePayment } from '../../../db/marketplace/orders.ts';
import { recordPaymentEvent } from '../../../db/marketplace/payment-events.ts';
import { placeOrder } from '../../../db/marketplace/place-order.ts';
import { releaseTransfers } from '../../../db/marketplace/transfer-jobs.ts';
import { recordOutcome } from '../../../db/record.ts';
import { loadSettlers } from '../../../db/settlers.ts';
import { transact, type Outlet } from '../../../db/transact.ts';
import { reconcilePaymentsOnce, type PaymentsDeps } from '../../../ops/ticker/payments.ts';
import { refreshSellersOnce, type SellersDeps } from '../../../ops/ticker/sellers.ts';
import { loadCatalog } from '../../../shared/catalog.ts';
import { readConfig, type Config } from '../../../shared/config.ts';
import type { AnySpec } from '../../../shared/job.ts';
import { createLog } from '../../../shared/log.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { rescuedOutcome } from '../../../shared/outcome.ts';
import { readEventHead } from '../../../shared/payment-news.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { loadRegistry } from '../../../workers/registry.ts';
import { runJob, type RunDeps } from '../../../workers/run.ts';
import { RunningJob } from '../../../workers/running.ts';
import { createDatabase } from '../../support/database.ts';
import { startOutside, type Outside, type OutsideOptions } from '../../support/outside.ts';

/** What every test of money here sells for, in cents, and what is left of it for the seller. */
export const priceCents = 2_999;
export const netCents = 2_699;

export interface PlacedOrder {
  id: string;
  paymentId: string;
  totalCents: number;
  currency: string;
  sellerIds: readonly string[];
}

/** A database with many connections, every provider's sandbox, and workers without their loops: each step is the test's. */
export interface CommerceScene {
  db: Database;
  dispatch: Outlet;
  config: Config;
  outside: Outside;
  buyerId: string;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  addSeller(options?: { account?: boolean }): Promise<string>;
  /** The seller can be paid from now on, and what waited is released; nothing if they could be before. */
  onboard(sellerId: string): Promise<void>;
  /** An unpaid order of one product of each seller, its payment begun at the provider. */
  place(sellerIds: readonly string[], currency?: string): Promise<PlacedOrder>;
  /** Has the provider do something, `payments/<id>/confirm`; false if it can't any more. */
  provider(what: string, body?: unknown): Promise<boolean>;
  /** The webhooks that the provider has written about a payment, oldest first, as they go over the wire. */
  bodiesOf(paymentId: string): string[];
  /** Records a webhook; false if it was known. */
  tell(body: string): Promise<boolean>;
  /** Records a webhook of one's own making, and acts on it. Answers what came of it in a word. */
  say(eventType: string, object: Record<string, unknown>): Promise<string | null>;
  /** Asks for a refund as the route does; false where that answers 409. */
  askRefund(orderId: string, reason?: string): Promise<boolean>;
  /** Jobs that wait, of the kinds that move money. */
  waiting(): Promise<{ id: string; kind: string }[]>;
  /** Claims a waiting job and runs its next attempt to its recorded end. False if somebody else has it. */
  run(jobId: string): Promise<boolean>;
  /** Runs the next attempt, and dies before anything of its end is recorded; then the rescue finds it. */
  runAndDie(jobId: string): Promise<boolean>;
  /** Runs until nothing waits. */
  runAll(): Promise<void>;
  /** What the ticker asks the providers. */
  reconcile(): Promise<void>;
  /** Moves orders, refunds and transfers back in time. */
  age(orderIds: readonly string[], interval: string): Promise<void>;
  status(orderId: string): Promise<string>;
  transfers(orderId: string): Promise<Record<string, string>>;
  alerts(subject: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** @param options.nowMs the providers' clock. */
export async function openCommerceScene(options: Pick<OutsideOptions, 'nowMs'> = {}): Promise<CommerceScene> {
  const database = await createDatabase();
  const db = connectDatabase({ url: database.url, maxConnections: 24, applicationName: 'test' });
  const outside = await startOutside({ ...options, startingBalanceCents: { EUR: 1_000_000_000 }, timeoutMs: 500 });
  const { ports } = outside;
  const config = readConfig({});
  const catalog = loadCatalog({ echoKinds: true });
  const settlers = loadSettlers({ transferRetryEnabled: true });
  const rules = orderRulesOf(config);
  const log = createLog({ level: 'silent', name: 'test' });
  const dispatch = { send: () => undefined };
  const worker = randomUUID();
  await registerWorker(db, { id: worker, name: 'test', version: '0', kinds: [...catalog.keys()], leaseMs: 3_600_000 });
  const deps: RunDeps = {
    db,
    dispatch,
    catalog,
    registry: loadRegistry(config),
    settlers,
    ports,
    log,
    metrics: createMetrics({ process: 'test' }),
    random: () => 0.5,
    complete: async (by, item) => (await completeJobs(db, by, [item]))[0] ?? false,
    end: async (by, item) => (await recordEndings(db, by, [item]))[0] !== null,
    closing: new AbortController().signal,
  };

  const inTransaction: CommerceScene['transact'] = work => transact({ db, dispatch }, work);
  const claim = async (jobId: string): Promise<(ClaimedJob & { worker: string }) | null> => {
    const before = await getJob(db, jobId);
    const [job] = await claimJobs(db, worker, [{ id: jobId, attempt: before?.attempt ?? -1 }]);
    return job ? { ...job, worker } : null;
  };
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
  const openAccount = async (sellerId: string) => {
    const { stripe } = ports;
    const { accountId } = await stripe.createAccount({
      email: 's@example.com',
      metadata: {},
      key: `account_${sellerId}`,
    });
    const back = 'http://127.0.0.1/back';
    const { url } = await stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back });
    await fetch(url, { redirect: 'manual' });
    return accountId;
  };
  const insertSeller = (tx: Database | Transaction, sellerId: string, accountId: string) =>
    tx.result(
      `insert into marketplace.sellers (user_id, stripe_account_id, default_currency, details_submitted, transfers_active, onboarded_at)
      values ($1, $2, 'EUR', true, true, now()) on conflict do nothing`,
      [sellerId, accountId],
    );
  const buyerId = await addUser();

  const scene: CommerceScene = {
    db,
    dispatch,
    config,
    outside,
    buyerId,
    transact: inTransaction,
    async addSeller({ account = true } = {}) {
      const id = await addUser();
      if (account) await insertSeller(db, id, await openAccount(id));
      return id;
    },
    async onboard(sellerId) {
      const accountId = await openAccount(sellerId);
      await inTransaction(async tx => {
        if ((await insertSeller(tx, sellerId, accountId)).rowCount)
          await releaseTransfers(tx, sellerId, { requestId: randomUUID(), retryEnabled: true });
      });
    },
    async place(sellerIds, currency = 'EUR') {
      const products = sellerIds.map(() => uuidV7());
      for (const [index, id] of products.entries())
        await db.none(
          `insert into marketplace.products (id, seller_id, title, price_cents, currency, type, tax_rate)
          values ($1, $2, 'A track', $3, $4, 'track', 0.23)`,
          [id, sellerIds[index], priceCents, currency],
        );
      const items = products.map(productId => ({ productId, quantity: 1 }));
      const order = await inTransaction(tx =>
        placeOrder(tx, { buyerId, items, paymentMethod: 'manual', idemKey: null }),
      );
      const { id, totalCents, paymentMethod: method } = order;
      const paymentId = order.paymentId as string;
      const metadata = { order_id: id };
      await ports.hyperswitch.createPayment({ paymentId, amountCents: totalCents, currency, method, metadata });
      await notePayment(db, id, 'open');
      return { id, paymentId, totalCents, currency, sellerIds };
    },
    async provider(what, body = {}) {
      const url = `${outside.hyperswitch.url}/_sandbox/${what}`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
      const text = await response.text();
      if (!response.ok && response.status !== 409) throw new Error(`${what}: ${response.status} ${text}`);
      return response.ok;
    },
    bodiesOf: paymentId =>
      outside.hyperswitch
        .state()
        .events.filter(event => event.payment_id === paymentId)
        .map(event => event.body),
    tell(body) {
      const head = readEventHead(JSON.parse(body));
      if (!head) throw new Error('no event');
      const sha256 = createHash('sha256').update(body).digest();
      const event = { eventKey: `id:${head.id}`, eventType: head.type, body, sha256, address: '127.0.0.1' };
      return inTransaction(tx => recordPaymentEvent(tx, event, { requestId: randomUUID() }));
    },
    async say(eventType, object) {
      const eventId = randomUUID();
      await scene.tell(JSON.stringify({ event_id: eventId, event_type: eventType, content: { object } }));
      const { id } = await db.one('select id from marketplace.payment_events where event_key = $1', [`id:${eventId}`]);
      const job = await db.one('select id from core.jobs where unique_key = $1', [`payment-event:${id}`]);
      await scene.run(job.id);
      return (await db.one('select outcome from marketplace.payment_events where id = $1', [id])).outcome;
    },
    askRefund: (orderId, reason = 'Not as described') =>
      inTransaction(async tx => {
        const order = await lockOrder(tx, orderId);
        if (order?.status !== 'completed') return false;
        const wish = { askedBy: buyerId, reason, details: null };
        return (await beginRefund(tx, order, wish, rules, { requestId: randomUUID() })) !== null;
      }),
    waiting: () =>
      db.any(
        "select id, kind from core.jobs where state in ('pending', 'queued') and kind <> 'invoice-pdf' order by id",
      ),
    async run(jobId) {
      const job = await claim(jobId);
      if (job) await runJob(deps, new RunningJob(job));
      return job !== null;
    },
    async runAndDie(jobId) {
      const job = await claim(jobId);
      if (!job) return false;
      // What this runner records goes to a claim that isn't the present one, and so counts for nothing.
      await runJob(deps, new RunningJob({ ...job, claimNo: job.claimNo - 1 }));
      const { retry } = catalog.get(job.kind) as AnySpec;
      const outcome = rescuedOutcome({ attempt: job.attempt, maxAttempts: job.maxAttempts, retry }, () => 0.5);
      await inTransaction(tx => recordOutcome(tx, settlers, job, outcome, { rescued: true }));
      return true;
    },
    async runAll() {
      for (;;) {
        const jobs = await scene.waiting();
        if (jobs.length === 0) return;
        await Promise.all(jobs.map(({ id }) => scene.run(id)));
      }
    },
    async reconcile() {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the reconcilers use
      const ticker = { db, dispatch, config, log, ports } as unknown as PaymentsDeps & SellersDeps;
      await reconcilePaymentsOnce(ticker);
      // Who was onboarded at the very moment of a sale is paid by this.
      await refreshSellersOnce(ticker);
    },
    async age(orderIds, interval) {
      for (const statement of [
        'update marketplace.orders set created_at = created_at - $2::interval, check_at = check_at - $2::interval where id = any($1::uuid[])',
        'update marketplace.refunds set check_at = check_at - $2::interval where order_id = any($1::uuid[])',
        `update marketplace.transfers set created_at = created_at - $2::interval, completed_at = completed_at - $2::interval,
          reversal_asked_at = reversal_asked_at - $2::interval, absent_read_at = absent_read_at - $2::interval
        where id in (select id from marketplace.transfers where order_id = any($1::uuid[]) order by id for update)`,
      ])
        await db.none(statement, [orderIds, interval]);
    },
    status: async orderId =>
      (await db.one('select status from marketplace.orders where id = $1', [orderId])).status as string,
    async transfers(orderId) {
      const rows = await db.any('select seller_id, status from marketplace.transfers where order_id = $1', [orderId]);
      return Object.fromEntries(rows.map(row => [row.sellerId, row.status]));
    },
    async alerts(subject) {
      const rows = await db.any('select kind from core.alerts where subject = $1 order by id', [subject]);
      return rows.map(row => row.kind as string);
    },
    async stop() {
      await outside.stop();
      await db.$pool.end();
      await database.drop();
    },
  };
  return scene;
}
