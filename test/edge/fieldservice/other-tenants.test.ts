import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fieldserviceSurface } from '../../../edge/fieldservice/surface.ts';
import { type Field, type FieldMember, type FieldTenant, openField } from '../../support/field.ts';

/** What a route is called with, about a thing of the first tenant; or why it is nobody's. */
type Attempt = { path?: string; body?: unknown } | 'no tenant' | 'whole tenant' | 'its own test';

describe('fieldservice, asked with the ids of another tenant', function () {
  this.timeout(120_000);
  let field: Field;
  let ours: FieldTenant;
  let theirs: FieldTenant;
  let attempts: Record<string, Attempt>;

  const changes = (entity: string, entityId: string, payload: unknown) => ({
    deviceId: randomUUID(),
    clientTime: new Date().toISOString(),
    changes: [{ op: 'upsert', entity, entityId, clientUpdatedAt: new Date().toISOString(), payload }],
  });

  before(async () => {
    field = await openField();
    ours = await field.addTenant();
    theirs = await field.addTenant();
    const [client, entry] = [randomUUID(), randomUUID()];
    const invoice = {
      title: 'Secret invoice',
      amount: 1,
      type: 'receivable',
      dueDate: '2026-12-31',
      status: 'pending',
      currency: 'USD',
      kind: 'invoiceClient',
      clientId: client,
    };
    const manager = ours.manager;
    await field.as(
      manager,
      'POST',
      '/v1/sync/push',
      changes('client', client, { name: 'Secret', email: 'a@b.example' }),
    );
    await field.as(manager, 'POST', '/v1/sync/push', changes('finance_entry', entry, invoice));
    const owner = { ownerType: 'finance_entry', ownerId: entry };
    const asked = { ...owner, mimeType: 'text/plain', size: 6 };
    const { attachmentId, uploadUrl, r2Key } = (await field.as(manager, 'POST', '/v1/attachments/presign', asked)).body;
    await fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'secret' });
    const complete = { attachmentId, r2Key, ...owner };
    assert.equal((await field.as(manager, 'POST', '/v1/attachments/complete', complete)).status, 200);
    const message = { channels: ['email'], message: 'x', includePdf: true };
    const sent = (await field.as(manager, 'POST', `/v1/invoices/${entry}/send`, message)).body;
    const [notification] = sent.notificationIds;
    attempts = {
      'GET /v1/tenants': 'no tenant',
      'POST /v1/tenants': 'no tenant',
      'POST /v1/invites/:token/accept': 'no tenant',
      'POST /v1/tenants/:id/invite': 'whole tenant',
      'POST /v1/tenants/:id/activate': 'whole tenant',
      'GET /v1/tenants/:id/members': 'whole tenant',
      'POST /v1/sync/push': 'its own test',
      'GET /v1/sync/pull': 'its own test',
      'GET /v1/conflicts': 'its own test',
      'GET /v1/audit': 'its own test',
      'POST /v1/webhooks/twilio': 'no tenant',
      'POST /v1/attachments/presign': { body: asked },
      'POST /v1/attachments/complete': { body: complete },
      'GET /v1/attachments/:id/presign': { path: `/v1/attachments/${attachmentId}/presign` },
      'POST /v1/invoices/:id/send': { path: `/v1/invoices/${entry}/send`, body: message },
      'GET /v1/invoices/:id/pdf': { path: `/v1/invoices/${entry}/pdf` },
      'GET /v1/notifications': 'its own test',
      'GET /v1/notifications/:id': { path: `/v1/notifications/${notification}` },
    };
  });
  after(() => field.stop());

  it('leaves no route out', () => {
    const routes = fieldserviceSurface().routes.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(Object.keys(attempts).sort(), routes.sort());
  });

  it('answers 404 to the manager of another tenant, as if there were no such thing', async () => {
    for (const [route, attempt] of Object.entries(attempts)) {
      if (typeof attempt === 'string') continue;
      const [method = '', pattern = ''] = route.split(' ');
      const answer = await field.as(theirs.manager, method, attempt.path ?? pattern, attempt.body);
      assert.equal(answer.status, 404, `${route}: ${answer.text}`);
      assert.doesNotMatch(answer.text, /secret/i);
    }
  });

  it('answers 403 to a stranger who names the tenant, on every route that belongs to one', async () => {
    const stranger: FieldMember = { ...theirs.manager, tenantId: ours.id };
    for (const [route, attempt] of Object.entries(attempts)) {
      if (attempt === 'no tenant') continue;
      const [method = '', pattern = ''] = route.split(' ');
      const path = typeof attempt === 'object' ? (attempt.path ?? pattern) : pattern.replace(':id', ours.id);
      const body = typeof attempt === 'object' ? attempt.body : method === 'POST' ? {} : undefined;
      const answer = await field.as(stranger, method, path, body);
      assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN'], route);
    }
  });

  it('answers 400 without the header, and with one that is no id', async () => {
    for (const [route, attempt] of Object.entries(attempts)) {
      if (attempt === 'no tenant') continue;
      const [method = '', pattern = ''] = route.split(' ');
      const path = pattern.replace(':id', ours.id);
      const { token } = ours.manager;
      const body = method === 'POST' ? { body: {} } : {};
      const without = await field.call(method, path, { token, ...body });
      assert.deepEqual([without.status, without.body.error.code], [400, 'MISSING_TENANT'], route);
      const wrong = await field.call(method, path, { token, headers: { 'x-tenant-id': 'ours' }, ...body });
      assert.deepEqual([wrong.status, wrong.body.error.code], [400, 'INVALID_TENANT'], route);
    }
  });

  it('answers 400 where path and header name different tenants', async () => {
    for (const [method, path, body] of [
      ['POST', 'invite', { email: 'a@b.example', role: 'employee' }],
      ['POST', 'activate', { deviceId: randomUUID() }],
      ['GET', 'members', undefined],
    ] as const) {
      const answer = await field.as(theirs.manager, method, `/v1/tenants/${ours.id}/${path}`, body);
      assert.deepEqual([answer.status, answer.body.error.code], [400, 'TENANT_MISMATCH'], path);
    }
  });

  it("refuses managers' routes to an employee", async () => {
    const employee = await field.addMember(ours.id);
    const managers = fieldserviceSurface().routes.filter(
      ({ roles }) => Array.isArray(roles) && !roles.includes('fieldservice:employee'),
    );
    assert.ok(managers.length >= 3);
    for (const { method, path } of managers) {
      const body = method === 'POST' ? {} : undefined;
      const answer = await field.as(employee, method, path.replace(':id', ours.id), body);
      assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN'], path);
    }
  });

  it('shows nothing of one tenant in the lists of another', async () => {
    for (const path of ['/v1/sync/pull', '/v1/conflicts', '/v1/audit', '/v1/tenants']) {
      const answer = await field.as(theirs.manager, 'GET', path);
      assert.equal(answer.status, 200, path);
      assert.doesNotMatch(answer.text, /secret/i, path);
      assert.ok(!answer.text.includes(ours.id), path);
    }
  });
});
