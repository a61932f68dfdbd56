import { randomUUID } from 'node:crypto';
import type { People } from '../people.ts';
import type { SeededRandom } from '../../seeded-random.ts';
import type { Work, WorkDeps } from '../work.ts';

type Company = People['companies'][number];

interface Change {
  op: 'upsert' | 'delete';
  entity: string;
  entityId: string;
  payload?: Record<string, unknown>;
}

/** A phone that works offline: what it has pulled, and how far. */
export class Device {
  readonly company: Company;
  readonly id = randomUUID();
  readonly records = new Map<string, string>();
  #cursor: string | null = null;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(company: Company) {
    this.company = company;
  }

  /** One thing at a time, as a person with a phone does. */
  turn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#busy.then(work);
    this.#busy = turn.catch(() => {});
    return turn;
  }

  async pull({ client }: Pick<WorkDeps, 'client'>): Promise<void> {
    for (;;) {
      const since = this.#cursor === null ? '' : `?since=${encodeURIComponent(this.#cursor)}`;
      const { token, tenantId } = this.company;
      const call = { token, headers: { 'x-tenant-id': tenantId } };
      const { body } = await client.call('GET', `/v1/sync/pull${since}`, call);
      for (const { op, entity, entityId, payload } of body.changes as Change[]) {
        if (op === 'delete') this.records.delete(entityId);
        else this.records.set(entityId, JSON.stringify({ entity, payload }));
      }
      this.#cursor = body.nextCursor;
      if (!body.hasMore) return;
    }
  }

  /** Some new records, some changes to what it knows, some deletes. */
  changes(random: SeededRandom, n: number): (Change & { clientUpdatedAt: string })[] {
    const clientUpdatedAt = new Date().toISOString();
    const made = (op: Change['op'], entityId: string, payload: object): Change & { clientUpdatedAt: string } => ({
      op,
      entity: 'task',
      entityId,
      clientUpdatedAt,
      ...(op === 'upsert'
        ? { payload: { title: `Task ${n}`, date: '2026-03-01', status: 'scheduled', ...payload } }
        : {}),
    });
    const known = [...this.records].filter(([, text]) => text.startsWith('{"entity":"task"')).map(([id]) => id);
    const changes = [made('upsert', randomUUID(), {})];
    if (known.length > 0) changes.push(made('upsert', random.pick(known), { notes: `Changed in ${n}` }));
    if (known.length > 20) changes.push(made('delete', known[0] as string, {}));
    return changes;
  }
}

/** Every device of a run, two of each company. */
export function makeDevices({ companies }: Pick<People, 'companies'>): Device[] {
  return companies.flatMap(company => [new Device(company), new Device(company)]);
}

/** Works with the run's devices: their end is looked at when it has settled. */
export function fieldWork(devices: readonly Device[]): readonly Work[] {
  const sync = (deps: WorkDeps) => {
    const device = deps.random.pick(devices);
    return device.turn(async () => {
      const { token, tenantId } = device.company;
      const key = randomUUID();
      const changes = device.changes(deps.random, deps.n);
      const body = { deviceId: device.id, clientTime: new Date().toISOString(), changes };
      const call = { token, body, key, headers: { 'x-tenant-id': tenantId } };
      const pushed = await deps.client.call('POST', '/v1/sync/push', call);
      const { applied, rejected } = pushed.body as { applied: string[]; rejected: unknown[] };
      if (rejected.length > 0) deps.ledger.surprise(`a push was rejected: ${JSON.stringify(rejected)}`);
      deps.ledger.accept('push', key, applied.join());
      await device.pull(deps);
    });
  };
  const sendInvoice = async ({ client, ledger, people, random, n }: WorkDeps) => {
    const { token, tenantId, clientId } = random.pick(people.companies);
    const headers = { 'x-tenant-id': tenantId };
    const entryId = randomUUID();
    const entry = {
      title: `Invoice ${n}`,
      amount: random.int(100, 90_000) / 100,
      type: 'receivable',
      status: 'pending',
    };
    const more = { currency: 'USD', kind: 'invoiceClient', isDisputed: false, clientId, dueDate: '2026-12-01' };
    const change = {
      op: 'upsert',
      entity: 'finance_entry',
      entityId: entryId,
      clientUpdatedAt: new Date().toISOString(),
    };
    const changes = [{ ...change, payload: { ...entry, ...more } }];
    const body = { deviceId: randomUUID(), clientTime: new Date().toISOString(), changes };
    await client.call('POST', '/v1/sync/push', { token, headers, body, key: randomUUID() });
    const key = randomUUID();
    const channels = random.shuffle(['email', 'sms', 'whatsapp']).slice(0, random.int(1, 3));
    // Each text says whose it is, so that one that comes twice is seen.
    const message = { channels, message: `Invoice ${n} of ${key}.`, includePdf: random.next() < 0.7 };
    const sent = await client.call('POST', `/v1/invoices/${entryId}/send`, { token, headers, body: message, key });
    ledger.accept('invoice send', key, (sent.body.notificationIds as string[]).join());
  };
  return [
    { name: 'sync', share: 40, everyMs: 100, run: sync },
    // A company may send ten a minute.
    { name: 'invoice sent', share: 6, everyMs: 3_000, run: sendInvoice },
  ];
}
