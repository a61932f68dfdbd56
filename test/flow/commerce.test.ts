import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { createSession } from '../../db/marketplace/sessions.ts';
import { createUser } from '../../db/marketplace/users.ts';
import { loadSettlers } from '../../db/settlers.ts';
import { marketplaceSurface } from '../../edge/marketplace/surface.ts';
import { signAccessToken } from '../../edge/marketplace/tokens.ts';
import { type Edge, startEdge } from '../../edge/server.ts';
import type { EmbeddedPostgres } from '../../ops/embedded/postgres.ts';
import { Ticker } from '../../ops/ticker/ticker.ts';
import { loadCatalog } from '../../shared/catalog.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { eventually } from '../support/eventually.ts';
import { type Outside, startOutside } from '../support/outside.ts';
import { breakableRabbitmq, startDedicatedPostgres } from '../support/services.ts';
import { System } from '../support/system.ts';

/** One track of a seller who can be paid, and one of another who can't yet. */
const totalCents = 2_999 + 1_000;
const patient = { timeoutMs: 30_000 };

describe('flow: selling while everything dies', function () {
  this.timeout(180_000);
  let postgres: EmbeddedPostgres;
  let outside: Outside;
  let system: System;
  let edge: Edge;
  const closers: (() => Promise<unknown>)[] = [];
  let token: string;
  let products: string[];

  before(async () => {
    [postgres, outside] = await Promise.all([
      // Durable: what was committed must be there after a crash.
      startDedicatedPostgres({ durable: true }),
      startOutside({ settleAfterMs: 20, startingBalanceCents: { EUR: 1_000_000 }, timeoutMs: 5_000 }),
      breakableRabbitmq(),
    ]);
    await migrate(postgres.url);
    const { stripe, hyperswitch, outbox } = outside;
    system = await System.open({
      databaseUrl: postgres.url,
      brokerUrl: (await breakableRabbitmq()).url,
      kinds: [...loadCatalog({ echoKinds: false }).values()],
      settlers: loadSettlers({ transferRetryEnabled: true }),
      env: {
        // Nobody is lost but who is killed, however long a busy machine keeps the others waiting.
        LEASE_MS: '5000',
        DATA_DIR: outside.dir,
        JWT_SECRET: 'a secret of thirty-two characters',
        ENCRYPTION_KEY: 'a secret of thirty-two characters',
        STRIPE_SECRET_KEY: stripe.apiKey,
        STRIPE_API_BASE: stripe.url,
        HYPERSWITCH_API_KEY: hyperswitch.apiKey,
        HYPERSWITCH_API_BASE: hyperswitch.url,
        HYPERSWITCH_WEBHOOK_SECRET: hyperswitch.webhookSecret,
        SMTP_URL: outbox.smtpUrl,
        FIREBASE_PROJECT_ID: 'none',
        CLERK_ISSUER: 'http://127.0.0.1:1',
        FIREBASE_API_KEY: 'none',
        PUBLIC_URL: 'http://127.0.0.1:1',
      },
    });
    const spines = [await system.openSpine(), await system.openSpine()] as const;
    edge = await startEdge(spines[0], outside.ports, { surfaces: [marketplaceSurface()] });
    hyperswitch.setWebhookUrl(`${edge.url}/api/v1/webhooks/hyperswitch`);
    const ticker = new Ticker(spines[1], outside.ports);
    ticker.start();
    closers.push(
      () => ticker.stop(),
      () => edge.stop(500),
      ...spines.map(spine => () => spine.close()),
    );
    const [one, two] = [await join(), await join()];
    ({ token } = await join());
    await openAccount(one.id);
    products = [await addProduct(one.id, 2_999), await addProduct(two.id, 1_000)];
  });
  after(async () => {
    for (const close of closers) await close();
    await system?.close();
    await outside?.stop();
    await postgres?.stop();
  });

  it('completes, invoices and refunds an order once whose every job loses its worker half-way', async () => {
    // In the transaction that completes the order, all but its invoice's number is written.
    const order = await killedAt('lock table core.invoice_numbers in exclusive mode', () => placeOrder('card'), {
      WORKER_KINDS: 'payment-event',
    });
    const completing = await system.startProcess('workers/main.ts', { WORKER_KINDS: 'payment-event,transfer' });
    await reaches(order, 'completed');
    await completing.end('SIGTERM');
    // The file is stored, and nobody knows of it.
    await killedAt('lock table core.invoices in exclusive mode', () => Promise.resolve());
    const drawing = await system.startProcess('workers/main.ts');
    const invoice = await eventually(() => invoiceOf(order), patient);

    // The provider has taken the refund, and its answer was never heard.
    outside.hyperswitch.arm({ on: 'refunds.create', fault: 'timeout_after' });
    outside.hyperswitch.arm({ on: 'refund_succeeded', fault: 'late', delayMs: 4_000 });
    const asked = await call('POST', `/marketplace/orders/${order}/refund`, { reason: 'Not as described' });
    assert.equal(asked.status, 200);
    await eventually(() => assert.equal(outside.hyperswitch.state().refunds.length, 1), patient);
    await drawing.end('SIGKILL');
    await system.startProcess('workers/main.ts');
    await reaches(order, 'refunded');

    await settled();
    assert.deepEqual(await invoiceOf(order), invoice, 'an invoice never changes');
    assert.equal(outside.hyperswitch.state().refunds.length, 1);
    const [paid, ...more] = outside.stripe.state().transfers;
    assert.deepEqual([paid?.amount, paid?.amount_reversed, more.length], [2_699, 2_699, 0]);
    const statuses = await system.db.any('select status from marketplace.transfers order by amount_cents');
    assert.deepEqual(
      statuses.map(({ status }) => status),
      ['cancelled', 'reversed'],
    );
    const lost = await system.db.any(
      "select kind, outcome from core.job_attempts join core.jobs on jobs.id = job_id where outcome = 'rescued' order by kind",
    );
    assert.deepEqual(
      lost.map(({ kind }) => kind),
      ['invoice-pdf', 'payment-event', 'refund'],
    );
    assert.deepEqual(await numbers(), { INV: [1], CN: [1] });
  });

  it('takes every webhook that comes while the database restarts, and acts on each once', async () => {
    const orders: string[] = [];
    for (let restart = 0; restart < 3; restart += 1) {
      const placed = await Promise.all(Array.from({ length: 6 }, () => placeOrder('manual')));
      await Promise.all([postgres.restart(), ...placed.map(confirm)]);
      orders.push(...placed);
    }
    await Promise.all(orders.map(order => reaches(order, 'completed')));
    await settled();
    await assertSoldOnce(orders);
  });

  it('takes orders and payments while the broker is away, and completes them when it is back', async () => {
    const rabbitmq = await breakableRabbitmq();
    await rabbitmq.stop();
    const orders = await Promise.all(Array.from({ length: 10 }, () => placeOrder('manual')));
    await Promise.all(orders.map(confirm));
    await eventually(() => assert.ok(outside.hyperswitch.state().events.every(({ state }) => state === 'delivered')));
    for (const order of orders) assert.equal(await statusOf(order), 'pending');
    await rabbitmq.start();
    await Promise.all(orders.map(order => reaches(order, 'completed')));
    await settled();
    await assertSoldOnce(orders);
  });

  /** Does something of which a worker's job then waits for a lock, kills the worker, and lets go. */
  async function killedAt<T>(lock: string, work: () => Promise<T>, env: Record<string, string> = {}): Promise<T> {
    return system.db.tx(async (barrier: Transaction) => {
      await barrier.none(lock);
      const [done, worker] = await Promise.all([work(), system.startProcess('workers/main.ts', env)]);
      await eventually(async () => {
        // Not pg_stat_activity: of that a transaction goes on seeing the sessions that it saw first.
        const { n } = await barrier.one<{ n: number }>('select count(*) as n from pg_locks where not granted');
        assert.ok(n > 0);
      }, patient);
      await worker.end('SIGKILL');
      return done;
    });
  }

  /** Each was invoiced, and paid to the seller who can be, once. */
  async function assertSoldOnce(orders: readonly string[]): Promise<void> {
    const invoiced = await system.db.any(
      "select subject from core.invoices where kind = 'invoice' and subject = any($1)",
      [orders],
    );
    assert.deepEqual(invoiced.map(({ subject }) => subject).sort(), orders.toSorted());
    const paid = outside.stripe
      .state()
      .transfers.filter(transfer => orders.includes(transfer.transfer_group!.slice(6)));
    assert.deepEqual(
      paid.map(transfer => [transfer.transfer_group, transfer.amount, transfer.amount_reversed]).sort(),
      orders.map(order => [`order_${order}`, 2_699, 0]).sort(),
    );
    const { INV = [] } = await numbers();
    assert.deepEqual(
      INV,
      INV.map((_, at) => at + 1),
    );
  }

  async function numbers(): Promise<Record<string, number[]>> {
    const rows = await system.db.any('select series, number from core.invoices order by series, number');
    return rows.reduce<Record<string, number[]>>(
      (given, { series, number }) => ({ ...given, [series]: [...(given[series] ?? []), number] }),
      {},
    );
  }

  /** Every job has ended, and none in failure. */
  async function settled(): Promise<void> {
    await eventually(async () => {
      // A transfer that the restart has cut off waits five minutes for its next try.
      await system.db.none("update core.jobs set due_at = now() where due_at > now() + interval '10 s'");
      await system.settled(1_000);
    }, patient);
    assert.deepEqual(Object.keys(await system.settled()), ['succeeded']);
    assert.deepEqual(await system.db.any('select kind, subject from core.alerts'), []);
  }

  const statusOf = async (order: string): Promise<string> =>
    (await system.db.one('select status from marketplace.orders where id = $1', [order])).status;
  const reaches = (order: string, status: string) =>
    eventually(async () => assert.equal(await statusOf(order), status), patient);

  async function placeOrder(method: string): Promise<string> {
    const items = products.map(product_id => ({ product_id, quantity: 1 }));
    const answer = await call('POST', '/marketplace/orders', { items, payment_method: method });
    assert.equal(answer.status, 201, await answer.clone().text());
    const { data } = (await answer.json()) as { data: { order: { id: string; total_cents: number } } };
    assert.equal(data.order.total_cents, totalCents);
    return data.order.id;
  }

  /** The buyer pays. */
  async function confirm(order: string): Promise<void> {
    const payment = outside.hyperswitch.state().payments.find(({ metadata }) => metadata?.['order_id'] === order);
    const url = `${outside.hyperswitch.url}/_sandbox/payments/${payment?.payment_id}/confirm`;
    assert.equal((await fetch(url, { method: 'POST' })).status, 200);
  }

  /** The hash of its file, which is the one that was noted. */
  async function invoiceOf(order: string): Promise<string> {
    const answer = await call('GET', `/marketplace/orders/${order}/invoice`);
    assert.equal(answer.status, 200);
    const hash = createHash('sha256')
      .update(Buffer.from(await answer.arrayBuffer()))
      .digest('hex');
    const { sha256 } = await system.db.one("select sha256 from core.invoices where subject = $1 and kind = 'invoice'", [
      order,
    ]);
    assert.equal(hash, sha256);
    return hash;
  }

  function call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${edge.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function join(): Promise<{ id: string; token: string }> {
    const name = `u-${randomUUID().slice(0, 13)}`;
    const user = await createUser(system.db, {
      username: name,
      email: `${name}@example.com`,
      passwordHash: 'none',
      role: 'user',
    });
    const { id } = user!;
    const sessionId = await system.db.tx(tx => createSession(tx, id, Buffer.from(randomUUID())));
    return { id, token: await signAccessToken(edge.services.config, { userId: id, sessionId, role: 'user' }) };
  }

  async function openAccount(userId: string): Promise<void> {
    const { stripe } = outside.ports;
    const { accountId } = await stripe.createAccount({
      email: 's@example.com',
      metadata: {},
      key: `account_${userId}`,
    });
    const back = 'http://127.0.0.1/back';
    const { url } = await stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back });
    await fetch(url, { redirect: 'manual' });
    await system.db.none(
      `insert into marketplace.sellers (user_id, stripe_account_id, default_currency, details_submitted, transfers_active, onboarded_at)
      values ($1, $2, 'EUR', true, true, now())`,
      [userId, accountId],
    );
  }

  async function addProduct(sellerId: string, priceCents: number): Promise<string> {
    const id = uuidV7();
    await system.db.none(
      `insert into marketplace.products (id, seller_id, title, price_cents, currency, type, tax_rate)
      values ($1, $2, 'A track', $3, 'EUR', 'track', 0.23)`,
      [id, sellerId, priceCents],
    );
    return id;
  }
});
