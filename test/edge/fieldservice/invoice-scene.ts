import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { type Field, type FieldTenant, openField } from '../../support/field.ts';

export interface Notified {
  id: string;
  channel: string;
  status: string;
  providerMessageId: string | null;
  error: string | null;
  updatedAt: string;
}

/** A tenant that sends invoices, over everything real. */
export interface InvoiceScene {
  field: Field;
  tenant: FieldTenant;
  /** A new tenant, for what follows: each may send ten invoices a minute. */
  renew(): Promise<void>;
  /** A client and an entry of theirs, pushed by a device; `null` leaves the client out. */
  addInvoice(
    client?: Record<string, unknown> | null,
    entry?: Record<string, unknown>,
  ): Promise<{ entryId: string; clientId: string }>;
  push(entity: string, entityId: string, payload: Record<string, unknown>, op?: string): Promise<void>;
  send(entryId: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends, and answers the ids in the channels' order. */
  sent(entryId: string, body: unknown): Promise<string[]>;
  notified(ids: readonly string[]): Promise<Notified[]>;
  /** Waits until each is as told. */
  reach(ids: readonly string[], statuses: readonly string[]): Promise<Notified[]>;
  /** Waits until a job has been put off, and has it tried now. */
  hurry(kind: string): Promise<void>;
}

/** Numbers that the sandbox delivers to. */
export const phone = '+14155550100';
export const whatsappPhone = '+14155550101';
export const fullClient = { name: 'John Doe', phone, whatsappPhone, email: 'john@doe.example', address: '123 Main St' };

export async function openInvoices(options: Parameters<typeof openField>[0] = {}): Promise<InvoiceScene> {
  const field = await openField(options);
  const name = 'AG Home Organizer';
  const tenant = await field.addTenant(name);
  const deviceId = randomUUID();

  const push: InvoiceScene['push'] = async (entity, entityId, payload, op = 'upsert') => {
    const now = new Date().toISOString();
    const change = { op, entity, entityId, clientUpdatedAt: now, payload };
    const body = { deviceId, clientTime: now, changes: [change] };
    const answer = await field.as(scene.tenant.manager, 'POST', '/v1/sync/push', body);
    assert.deepEqual(answer.body.applied, [entityId], answer.text);
  };
  const send: InvoiceScene['send'] = (entryId, body, headers) =>
    field.as(scene.tenant.manager, 'POST', `/v1/invoices/${entryId}/send`, body, headers);
  const notified: InvoiceScene['notified'] = async ids => {
    const answer = await field.as(scene.tenant.manager, 'GET', `/v1/notifications?ids=${ids.join(',')}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.notifications;
  };

  const scene: InvoiceScene = {
    field,
    tenant,
    async renew() {
      scene.tenant = await field.addTenant(name);
    },
    push,
    send,
    notified,
    async addInvoice(client = fullClient, entry = {}) {
      const [clientId, entryId] = [randomUUID(), randomUUID()];
      if (client) await push('client', clientId, client);
      await push('finance_entry', entryId, {
        title: 'Invoice - Dec',
        amount: 320.0,
        type: 'receivable',
        status: 'pending',
        currency: 'USD',
        ...(client ? { clientId } : {}),
        kind: 'invoiceClient',
        dueDate: '2027-12-31',
        isDisputed: false,
        ...entry,
      });
      return { entryId, clientId };
    },
    async sent(entryId, body) {
      const answer = await send(entryId, body);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.body.status, 'queued');
      return answer.body.notificationIds;
    },
    reach: (ids, statuses) =>
      eventually(async () => {
        const rows = await notified(ids);
        assert.deepEqual(
          rows.map(row => row.status),
          statuses,
          JSON.stringify(rows),
        );
        return rows;
      }),
    hurry: kind =>
      eventually(async () => {
        const due = await field.db.any(
          "update core.jobs set due_at = now() where kind = $1 and state = 'pending' and attempt > 0 and due_at > now() returning id",
          [kind],
        );
        assert.ok(due.length > 0, `no ${kind} waits`);
      }),
  };
  return scene;
}
