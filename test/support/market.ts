import { randomUUID } from 'node:crypto';
import { createUser, type MarketplaceRole } from '../../db/marketplace/users.ts';
import { getOwnOrder, type OrderRow } from '../../db/marketplace/orders.ts';
import { createSession } from '../../db/marketplace/sessions.ts';
import { signAccessToken } from '../../edge/marketplace/tokens.ts';
import { signWebhook } from '../../shared/hyperswitch-signature.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { serveEdge, type Answer, type ServedEdge, type ServeOptions } from './edge.ts';
import { eventually } from './eventually.ts';
import { startOutside, type Outside, type OutsideOptions } from './outside.ts';

export interface Person {
  id: string;
  email: string;
  token: string;
}

export interface Market extends Omit<ServedEdge, 'stop'> {
  outside: Outside;
  join(role?: MarketplaceRole): Promise<Person>;
  /** Someone whose account can be paid. */
  joinSeller(): Promise<Person>;
  addProduct(
    sellerId: string,
    more?: { title?: string; priceCents?: number; currency?: string; taxRate?: number },
  ): Promise<string>;
  /** Posts an order of one of each product; the answer's `data`. */
  order(
    buyer: Person,
    productIds: readonly string[],
    more?: { method?: string; key?: string },
  ): Promise<{ order: { id: string; status: string; total_cents: number }; payment: { id: string } }>;
  /** An order that the provider says was paid. */
  paidOrder(buyer: Person, productIds: readonly string[]): Promise<{ orderId: string; paymentId: string }>;
  orderOf(buyer: Person, id: string): Promise<OrderRow>;
  /** Has the provider act by itself: `payments/<id>/confirm`, `refunds/<id>/settle`, … The webhook follows. */
  provider(what: string, body?: unknown): Promise<void>;
  /** Sends a webhook as the provider does. */
  webhook(body: unknown, options?: { secret?: string; header?: string }): Promise<Answer>;
  /** Waits until everything that was recorded has been acted on. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** The whole marketplace over real HTTP: edge, worker, database, every provider's sandbox. Payments settle when a test says so. */
export async function openMarket(options: OutsideOptions & { serve?: ServeOptions } = {}): Promise<Market> {
  const { serve, ...outsideOptions } = options;
  const outside = await startOutside(outsideOptions);
  const env = { ...marketSettings(outside), ...serve?.env };
  return marketOn(await serveEdge({ ...serve, env, ports: outside.ports }), outside);
}

export function marketSettings({ hyperswitch }: Outside): Record<string, string> {
  return { HYPERSWITCH_WEBHOOK_SECRET: hyperswitch.webhookSecret };
}

/** The marketplace of an edge that is served under `marketSettings`. */
export function marketOn(served: ServedEdge, outside: Outside): Market {
  const secret = outside.hyperswitch.webhookSecret;
  outside.setEdgeUrl(served.url);
  outside.hyperswitch.setWebhookUrl(`${served.url}/api/v1/webhooks/hyperswitch`);
  const { db, call } = served;

  const join = async (role: MarketplaceRole = 'user'): Promise<Person> => {
    const name = `u-${randomUUID().slice(0, 13)}`;
    const email = `${name}@example.com`;
    const user = await createUser(db, { username: name, email, passwordHash: 'none', role });
    if (!user) throw new Error('the name was taken');
    const sessionId = await db.tx(tx => createSession(tx, user.id, Buffer.from(randomUUID())));
    return {
      id: user.id,
      email,
      token: await signAccessToken(served.spine.config, { userId: user.id, sessionId, role }),
    };
  };
  const webhook = (body: unknown, { secret: by = secret, header = 'x-webhook-signature-512' } = {}) => {
    const raw = JSON.stringify(body);
    return call('POST', '/api/v1/webhooks/hyperswitch', {
      body,
      headers: { [header]: signWebhook(Buffer.from(raw), by) },
    });
  };
  const provider = async (what: string, body: unknown = {}) => {
    const response = await fetch(`${outside.hyperswitch.url}/_sandbox/${what}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  };
  const settled = () =>
    eventually(async () => {
      const { open } = await db.one<{ open: number }>(
        "select count(*) as open from core.jobs where finished_at is null and kind in ('payment-event', 'refund', 'invoice-pdf')",
      );
      if (open > 0) throw new Error(`${open} jobs are open`);
    });

  const market: Market = {
    ...served,
    outside,
    join,
    webhook,
    provider,
    settled,
    async joinSeller() {
      const seller = await join();
      const { stripe } = outside.ports;
      const { accountId } = await stripe.createAccount({
        email: seller.email,
        metadata: {},
        key: `account_${seller.id}`,
      });
      const back = 'http://127.0.0.1/back';
      const { url } = await stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back });
      await fetch(url, { redirect: 'manual' });
      await db.none(
        `insert into marketplace.sellers (user_id, stripe_account_id, default_currency, details_submitted, transfers_active, onboarded_at)
        values ($1, $2, 'EUR', true, true, now())`,
        [seller.id, accountId],
      );
      return seller;
    },
    async addProduct(sellerId, { title = 'A track', priceCents = 2999, currency = 'EUR', taxRate = 0.23 } = {}) {
      const id = uuidV7();
      await db.none(
        `insert into marketplace.products (id, seller_id, title, price_cents, currency, type, tax_rate)
        values ($1, $2, $3, $4, $5, 'track', $6)`,
        [id, sellerId, title, priceCents, currency, taxRate],
      );
      return id;
    },
    async order(buyer, productIds, { method = 'manual', key } = {}) {
      const answer = await call('POST', '/api/v1/marketplace/orders', {
        token: buyer.token,
        body: { items: productIds.map(product_id => ({ product_id, quantity: 1 })), payment_method: method },
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      });
      if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
      return answer.body.data;
    },
    async paidOrder(buyer, productIds) {
      const { order, payment } = await market.order(buyer, productIds);
      await provider(`payments/${payment.id}/confirm`);
      await eventually(async () => {
        const { status } = await market.orderOf(buyer, order.id);
        if (status === 'pending') throw new Error('not yet');
      });
      return { orderId: order.id, paymentId: payment.id };
    },
    async orderOf(buyer, id) {
      const order = await getOwnOrder(db, buyer.id, id);
      if (!order) throw new Error('there is no such order');
      return order;
    },
    async stop() {
      await served.stop();
      await outside.stop();
    },
  };
  return market;
}
