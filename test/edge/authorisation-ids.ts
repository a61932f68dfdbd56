import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Answer, ServedEdge } from '../support/edge.ts';
import type { FieldMember } from '../support/field.ts';
import type { Market, Person } from '../support/market.ts';
import type { Client, Staffing, Worker } from '../support/staffing.ts';
import { askVerification, certificateOf, uploadFile } from '../support/verification-scene.ts';

/** What the paths of a surface are filled with, by their parameters, or by the last word before `:id`. */
export type Ids = Record<string, string>;

type Post = (path: string, body?: unknown) => Promise<Answer['body']>;

/** Posts as somebody, and answers what was made. */
function postingAs(
  { call, url }: Pick<ServedEdge, 'call' | 'url'>,
  token: string,
  more: Record<string, string> = {},
): Post {
  return async (path, body) => {
    const headers = { 'idempotency-key': randomUUID(), ...more };
    if (!(body instanceof FormData)) return made(await call('POST', path, { body, token, headers }));
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body,
    });
    const text = await response.text();
    return made({ status: response.status, headers: response.headers, text, body: JSON.parse(text) });
  };
}

function made({ status, text, body }: Answer): Answer['body'] {
  assert.ok(status < 300, `${status} ${text}`);
  return body?.data ?? body;
}

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  data.set('file', new File(['x'], 'a.txt', { type: 'text/plain' }));
  return data;
}

/** One of everything that a user of the marketplace can have. */
export async function marketIdsOf(market: Market, owner: Person): Promise<Ids> {
  const { db, call } = market;
  const post = postingAs(market, owner.token);
  const api: Post = (path, body) => post(`/api/v1${path}`, body);
  const seller = await market.joinSeller();
  const { orderId } = await market.paidOrder(owner, [await market.addProduct(seller.id)]);
  const gear = (await api('/inventory/gear', { name: 'x' })).id;
  const repair = { repair_date: '2026-02-15', description: 'x', cost_cents: 1, currency: 'EUR' };
  const cloud = (await api('/cloud/files', form({}))).file.id;
  const { notifications } = made(await call('GET', '/api/v1/notifications', { token: owner.token }));
  return {
    product: (await api('/marketplace/products', { title: 'x', price_cents: 100, currency: 'EUR' })).id,
    order: orderId,
    transfer: (await db.one<{ id: string }>('select id from marketplace.transfers limit 1')).id,
    file: cloud,
    version: '1',
    token: (await api(`/cloud/files/${cloud}/share`, { permissions: 'read' })).token,
    gear,
    doc: (await api(`/inventory/gear/${gear}/documents`, form({ type: 'other' }))).id,
    repair: (await api(`/inventory/gear/${gear}/repairs`, repair)).id,
    stream: (await api('/live/streams', { title: 'x' })).id,
    export: (await api('/users/me/export')).export.id,
    notification: notifications[0].id,
  };
}

/** What a client and a worker of a seeded tenant have. */
export async function staffingIdsOf(
  staffing: Staffing,
  { tenantId, client, worker }: { tenantId: string; client: Client; worker: Worker },
): Promise<Ids> {
  const { db, call } = staffing;
  const { businessId } = client;
  const fileUri = await uploadFile(staffing, worker.token, await certificateOf('Jo Doe'));
  const order = await db.one<{ id: string; hubId: string; vendorId: string }>(
    `select id, hub_id, vendor_id from workforce.orders
    where business_id = $1 and starts_on > current_date + 2 order by starts_on limit 1`,
    [businessId],
  );
  const assignment = await db.one<{ id: string; shiftId: string; shiftRoleId: string }>(
    `select id, shift_id, shift_role_id from workforce.assignments where staff_id = $1 and status = 'ASSIGNED' limit 1`,
    [worker.staffId],
  );
  const invoice = await db.one<{ id: string }>('select id from workforce.invoices where business_id = $1 limit 1', [
    businessId,
  ]);
  const notification = randomUUID();
  await db.none(
    "insert into workforce.notifications (id, tenant_id, user_id, type, title, body) values ($1, $2, $3, 'x', 'x', 'x')",
    [notification, tenantId, worker.userId],
  );
  const favorite = { staffId: worker.staffId };
  await postingAs(staffing, client.token)(`/commands/businesses/${businessId}/favorite-staff`, favorite);
  const asked = async (kind: string) =>
    made(await call('GET', `/staff/profile/${kind}`, { token: worker.token })).items[0] as Record<string, string>;
  return {
    tenant: tenantId,
    business: businessId,
    order: order.id,
    hub: order.hubId,
    vendor: order.vendorId,
    staff: worker.staffId,
    shift: assignment.shiftId,
    assignment: assignment.id,
    role: assignment.shiftRoleId,
    user: client.userId,
    invoice: invoice.id,
    verification: await askVerification(staffing, worker.token, fileUri),
    notification,
    document: (await asked('documents'))['documentId'] as string,
    item: (await asked('attire'))['itemId'] as string,
    certificateType: 'food-handler',
    formType: 'W4',
  };
}

/** What a seeded company has: an entry of its books with an attachment, and word of it to its client. */
export async function fieldIdsOf(served: ServedEdge, { token, tenantId }: FieldMember): Promise<Ids> {
  const post = postingAs(served, token, { 'x-tenant-id': tenantId });
  const { id: invoice } = await served.db.one<{ id: string }>(
    `select id from fieldservice.records where tenant_id = $1 and entity = 'finance_entry' limit 1`,
    [tenantId],
  );
  const owner = { ownerType: 'finance_entry', ownerId: invoice };
  const file = { ...owner, mimeType: 'text/plain', size: 6 };
  const { attachmentId: attachment, uploadUrl, r2Key } = await post('/v1/attachments/presign', file);
  await fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'secret' });
  await post('/v1/attachments/complete', { attachmentId: attachment, r2Key, ...owner });
  const message = { channels: ['email'], message: 'x', includePdf: true };
  const [notification] = (await post(`/v1/invoices/${invoice}/send`, message)).notificationIds;
  return { tenant: tenantId, token: 'none', attachment, invoice, notification };
}

export async function jobIdsOf(served: ServedEdge, key: string): Promise<Ids> {
  const { id: job } = await postingAs(served, key)('/jobs/noop', {});
  return { job, kind: 'noop', token: 'x', surface: 'jobs', name: 'docs.css' };
}
