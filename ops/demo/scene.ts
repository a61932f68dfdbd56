import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { runCli } from '../cli/run-cli.ts';
import { callApi } from '../demo-data/api.ts';
import type { Person } from '../demo-data/people.ts';
import { until } from './steps.ts';

const balanceSchema = z.object({ connected: z.boolean(), available: z.int(), pending: z.int() });
const transferSchema = z.object({
  id: z.uuid(),
  status: z.string(),
  amount_cents: z.int(),
  platform_fee_cents: z.int(),
  retry_count: z.int(),
  attempts: z.array(z.object({ event: z.string(), fault_code: z.string().nullable() })),
});
const listSchema = z.object({ transfers: z.array(transferSchema.omit({ attempts: true })), total: z.int() });
const madeUpSchema = z.object({ orderId: z.uuid(), transferId: z.uuid() });
const sandboxSchema = z.object({
  accounts: z.array(z.object({ id: z.string(), email: z.string().nullable() })),
  balances: z.array(z.object({ owner: z.string(), currency: z.string(), available: z.int() })),
});

/** The demo's people and what they do. */
export class Scene {
  readonly #edge: string;
  readonly #stripe: string;
  readonly #dataDir: string;
  readonly #people: { admin: Person; seller: Person; buyer: Person };

  constructor(edge: string, stripe: string, dataDir: string, people: { admin: Person; seller: Person; buyer: Person }) {
    this.#edge = edge;
    this.#stripe = stripe;
    this.#dataDir = dataDir;
    this.#people = people;
  }

  async balance() {
    return balanceSchema.parse(await this.#get('sell/balance', this.#people.seller));
  }

  async transfers() {
    return listSchema.parse(await this.#get('sell/transfers', this.#people.seller));
  }

  async transfer(id: string) {
    return transferSchema.parse(await this.#get(`admin/transfers/${id}`, this.#people.admin));
  }

  async retry(id: string) {
    const call = { token: this.#people.admin.token, headers: { 'idempotency-key': randomUUID() } };
    const { data } = await callApi('POST', `${this.#edge}/api/v1/admin/transfers/${id}/retry`, call);
    return transferSchema.pick({ id: true, status: true, retry_count: true }).parse(data);
  }

  untilStatus(id: string, status: string) {
    return until(
      `transfer ${id} must be ${status}`,
      () => this.transfer(id),
      transfer => transfer.status === status,
    );
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

  /** There is no route for orders yet: an operator makes one up. */
  async order(grossCents: number): Promise<z.infer<typeof madeUpSchema>> {
    const { buyer, seller } = this.#people;
    const args = ['orders', 'make-up', '--buyer', buyer.email, '--seller', seller.email, '--gross', String(grossCents)];
    const out: string[] = [];
    const problems: string[] = [];
    const exitCode = await runCli([...args, '--actor', 'demo', '--json'], {
      env: { DATA_DIR: this.#dataDir },
      write: text => out.push(text),
      writeError: text => problems.push(text),
      readInput: async () => '',
    });
    if (exitCode !== 0) throw new Error(`ops ${args.join(' ')} ended with ${exitCode}: ${problems.join('')}`);
    return madeUpSchema.parse(JSON.parse(out.join('')));
  }

  async platformCents(): Promise<number> {
    return eurosOf(await this.#sandbox(), 'platform');
  }

  /** What the seller has at the provider this moment. */
  async sellerCents(): Promise<number> {
    const sandbox = await this.#sandbox();
    const account = sandbox.accounts.find(({ email }) => email === this.#people.seller.email);
    return eurosOf(sandbox, account?.id);
  }

  async setPlatformCents(cents: number): Promise<string> {
    const body = { currency: 'eur', available_cents: cents };
    await callApi('POST', `${this.#stripe}/_sandbox/balance`, { body });
    return euros(cents);
  }

  async #sandbox(): Promise<z.infer<typeof sandboxSchema>> {
    return sandboxSchema.parse((await callApi('GET', `${this.#stripe}/_sandbox/state`)).data);
  }

  async #get(path: string, { token }: Person): Promise<unknown> {
    return (await callApi('GET', `${this.#edge}/api/v1/${path}`, { token })).data;
  }
}

function eurosOf({ balances }: z.infer<typeof sandboxSchema>, whose: string | undefined): number {
  return balances.find(({ owner, currency }) => owner === whose && currency === 'eur')?.available ?? 0;
}

export function euros(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
