import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { callApi, type Answer } from '../demo-data/api.ts';
import type { DemoFile } from '../demo-data/demo-file.ts';
import type { Person } from '../demo-data/people.ts';
import { must, until } from './steps.ts';

const balanceSchema = z.object({ connected: z.boolean(), available: z.int(), pending: z.int() });
const transferSchema = z.object({
  id: z.uuid(),
  order_id: z.uuid(),
  status: z.string(),
  amount_cents: z.int(),
  platform_fee_cents: z.int(),
  retry_count: z.int(),
  attempts: z.array(z.object({ event: z.string(), fault_code: z.string().nullable() })),
});
const listSchema = z.object({ transfers: z.array(transferSchema.omit({ attempts: true })), total: z.int() });
const orderSchema = z.object({
  id: z.uuid(),
  status: z.string(),
  total_cents: z.int(),
  invoice: z.object({ number: z.string() }).nullable(),
  refund: z.object({ status: z.string(), credit_note_number: z.string().nullable() }).nullable(),
});
const placedSchema = z.object({ order: z.object({ id: z.uuid() }), payment: z.object({ id: z.string() }) });
const productsSchema = z.object({
  products: z.array(
    z.object({ id: z.uuid(), seller_id: z.uuid(), title: z.string(), price_cents: z.int(), currency: z.string() }),
  ),
  total: z.int(),
});
const sandboxSchema = z.object({
  accounts: z.array(z.object({ id: z.string(), email: z.string().nullable() })),
  balances: z.array(z.object({ owner: z.string(), currency: z.string(), available: z.int() })),
});

export type People = Record<'admin' | 'seller' | 'buyer', Person>;

/** The demo's people, what they do over HTTP, and where the files go that they get. */
export class Scene {
  readonly demo: DemoFile;
  readonly people: People;
  readonly outDir: string;

  constructor(demo: DemoFile, people: People, outDir: string) {
    this.demo = demo;
    this.people = people;
    this.outDir = outDir;
  }

  async get(path: string, who: Person | null): Promise<unknown> {
    return (await callApi('GET', this.#url(path), who ? { token: who.token } : {})).data;
  }

  send(
    method: 'POST' | 'PUT',
    path: string,
    who: Person | null,
    body?: unknown,
    more: { headers?: Record<string, string>; expected?: readonly number[] } = {},
  ): Promise<Answer> {
    const headers = who ? { 'idempotency-key': randomUUID(), ...more.headers } : (more.headers ?? {});
    return callApi(method, this.#url(path), { ...(who ? { token: who.token } : {}), body, headers }, more.expected);
  }

  async search(words: string) {
    return productsSchema.parse(await this.get(`marketplace/products?search=${encodeURIComponent(words)}`, null));
  }

  /** An order of one product of the seller's, at a price in euros. */
  async placeOrder(priceCents: number, method = 'card'): Promise<{ orderId: string; paymentId: string }> {
    const { seller, buyer } = this.people;
    const { products } = productsSchema.parse(await this.get('marketplace/products?limit=100', null));
    const product = products.find(
      row => row.seller_id === seller.id && row.price_cents === priceCents && row.currency === 'EUR',
    );
    must(product !== undefined, `the seller must offer something for ${euros(priceCents)}`, products);
    const body = { items: [{ product_id: product.id, quantity: 1 }], payment_method: method };
    const placed = placedSchema.parse((await this.send('POST', 'marketplace/orders', buyer, body)).data);
    return { orderId: placed.order.id, paymentId: placed.payment.id };
  }

  async order(id: string) {
    return orderSchema.parse(await this.get(`marketplace/orders/${id}`, this.people.buyer));
  }

  untilOrder(id: string, status: string) {
    return until(
      `order ${id} must be ${status}`,
      () => this.order(id),
      order => order.status === status,
    );
  }

  /** Saves what a path answers; the file's path and size. */
  async save(path: string, who: Person | null, filename: string): Promise<{ file: string; bytes: Buffer }> {
    const url = path.startsWith('http') ? path : this.#url(path);
    const response = await fetch(url, who ? { headers: { authorization: `Bearer ${who.token}` } } : {});
    const bytes = Buffer.from(await response.arrayBuffer());
    must(response.status === 200, `GET ${path} must answer 200`, response.status);
    const file = join(this.outDir, filename);
    await writeFile(file, bytes);
    return { file, bytes };
  }

  async balance() {
    return balanceSchema.parse(await this.get('sell/balance', this.people.seller));
  }

  async transfers() {
    return listSchema.parse(await this.get('sell/transfers?limit=100', this.people.seller));
  }

  async transfer(id: string) {
    return transferSchema.parse(await this.get(`admin/transfers/${id}`, this.people.admin));
  }

  /** The seller's transfer of an order, once it is in a status. */
  async untilTransfer(orderId: string, status: string) {
    const { transfers } = await until(
      `the transfer of order ${orderId} must be ${status}`,
      () => this.transfers(),
      list => list.transfers.some(row => row.order_id === orderId && row.status === status),
    );
    return this.transfer(transfers.find(row => row.order_id === orderId)!.id);
  }

  async retry(id: string) {
    const { data } = await this.send('POST', `admin/transfers/${id}/retry`, this.people.admin);
    return transferSchema.pick({ id: true, status: true, retry_count: true }).parse(data);
  }

  /** Until the edge, whose answer may be ten seconds old, shows at least so much. */
  async untilBalance(cents: number): Promise<string> {
    const { available } = await until(
      `the balance must be ${euros(cents)} or more`,
      () => this.balance(),
      balance => balance.available >= cents,
    );
    return euros(available);
  }

  async platformCents(): Promise<number> {
    return eurosOf(await this.#sandbox(), 'platform');
  }

  /** What the seller has at the provider this moment. */
  async sellerCents(): Promise<number> {
    const sandbox = await this.#sandbox();
    const account = sandbox.accounts.find(({ email }) => email === this.people.seller.email);
    return eurosOf(sandbox, account?.id);
  }

  async setPlatformCents(cents: number): Promise<string> {
    const body = { currency: 'eur', available_cents: cents };
    await callApi('POST', `${this.demo.stripe}/_sandbox/balance`, { body });
    return euros(cents);
  }

  async #sandbox(): Promise<z.infer<typeof sandboxSchema>> {
    return sandboxSchema.parse((await callApi('GET', `${this.demo.stripe}/_sandbox/state`)).data);
  }

  #url(path: string): string {
    return `${this.demo.edge}/api/v1/${path}`;
  }
}

function eurosOf({ balances }: z.infer<typeof sandboxSchema>, whose: string | undefined): number {
  return balances.find(({ owner, currency }) => owner === whose && currency === 'eur')?.available ?? 0;
}

export function euros(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
