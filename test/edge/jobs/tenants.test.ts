import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { decodeJwt, UnsecuredJWT } from 'jose';
import type { Database } from '../../../db/connect.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { transact } from '../../../db/transact.ts';
import { invoicePdf } from '../../../shared/jobs/invoice-pdf.ts';
import { notification } from '../../../shared/jobs/notification.ts';
import { type Field, type FieldMember, openField } from '../../support/field.ts';
import { openStaffing, type Staffing } from '../../support/staffing.ts';

/** An invoice's job, which nobody runs. Answers where it is read. */
async function addJob(db: Database, owner: string, tenant: string | null): Promise<string> {
  const { id } = await transact({ db, dispatch: { send: () => undefined } }, tx =>
    insertJob(tx, invoicePdf, { invoiceId: randomUUID() }, { owner, tenant, requestId: randomUUID() }),
  );
  return `/jobs/${id}`;
}

describe('the jobs of a home-services company', function () {
  this.timeout(120_000);
  let field: Field;

  before(async () => {
    field = await openField({ serve: { worker: false } });
  });
  after(() => field.stop());

  const read = async (member: FieldMember, path: string, headers: Record<string, string> = {}) =>
    (await field.as(member, 'GET', path, undefined, headers)).status;

  it('are read by who owns them, in a tenant or in none, and listed to nobody else', async () => {
    const { id, manager } = await field.addTenant();
    const ana = await field.addMember(id);
    const path = await addJob(field.db, `fieldservice/${ana.userId}`, id);
    assert.equal(await read(ana, path), 200);
    assert.equal(await read(ana, path, { 'x-tenant-id': '' }), 200);
    assert.equal(await read(await field.addMember(id), path), 404);
    const idsOf = async (member: FieldMember) =>
      (await field.as(member, 'GET', '/jobs')).body.jobs.map((job: { id: string }) => `/jobs/${job.id}`);
    assert.deepEqual([await idsOf(ana), await idsOf(manager)], [[path], []]);
  });

  it('are read and followed by a manager of their tenant, in that tenant alone', async () => {
    const [tenant, other] = [await field.addTenant(), await field.addTenant()];
    const ana = await field.addMember(tenant.id);
    const path = await addJob(field.db, `fieldservice/${ana.userId}`, tenant.id);
    const { manager } = tenant;
    assert.equal(await read(manager, path), 200);
    assert.equal(await read(manager, path, { 'x-tenant-id': tenant.id.toUpperCase() }), 200);
    for (const wrong of ['', 'x', other.id, randomUUID()])
      assert.equal(await read(manager, path, { 'x-tenant-id': wrong }), 404, wrong);
    assert.equal(await read(other.manager, path), 404);
    assert.equal(await read(other.manager, path, { 'x-tenant-id': tenant.id }), 404);
    const none = await addJob(field.db, `fieldservice/${ana.userId}`, null);
    assert.equal(await read(manager, none), 404);
    await field.db.none("update fieldservice.memberships set role = 'employee' where user_id = $1", [manager.userId]);
    assert.equal(await read(manager, path), 404);
  });

  it('are not those of another surface’s tenant that happens to have the same id', async () => {
    const { id, manager } = await field.addTenant();
    for (const owner of [
      `workforce/${randomUUID()}`,
      `marketplace/${randomUUID()}`,
      'system',
      `service/${randomUUID()}`,
    ])
      assert.equal(await read(manager, await addJob(field.db, owner, id)), 404, owner);
  });

  it('leave out what only operators see: the mails, whoever caused them', async () => {
    const { id, manager } = await field.addTenant();
    await field.as(manager, 'POST', `/v1/tenants/${id}/invite`, { email: 'x@example.com', role: 'employee' });
    const job = await field.db.one('select id from core.jobs where kind = $1 and tenant = $2', [notification.kind, id]);
    assert.equal(await read(manager, `/jobs/${job.id}`), 404);
  });

  it('can be posted by no member, as no kind is for them', async () => {
    const { manager } = await field.addTenant();
    const answer = await field.as(manager, 'POST', '/jobs/noop', {});
    assert.deepEqual([answer.status, answer.body.code], [403, 'FORBIDDEN']);
  });

  it('are told in problems of their own surface, of a bad token, too', async () => {
    const { manager } = await field.addTenant();
    const expired = await field.outside.clerk.signToken(manager.subject, { claims: { exp: 1, iat: 0 } });
    for (const token of [expired, new UnsecuredJWT(decodeJwt(manager.token)).encode()]) {
      const { status, body, headers } = await field.call('GET', '/jobs', { token });
      assert.deepEqual([status, body.code, body.detail], [401, 'UNAUTHENTICATED', 'Invalid token']);
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
    }
    const foreign = await field.outside.clerk.signToken(manager.subject, { claims: { iss: 'https://clerk.other' } });
    const unknown = await field.call('GET', '/jobs', { token: foreign });
    assert.deepEqual([unknown.status, unknown.body.detail], [401, 'The token is of no issuer that is known here.']);
    for (const claims of [{}, { iss: '' }, { iss: 'marketplace' }, { iss: 'constructor' }])
      assert.equal((await field.call('GET', '/jobs', { token: new UnsecuredJWT(claims).encode() })).status, 401);
  });

  it('makes somebody known who calls here first', async () => {
    const { token, subject } = await field.addStranger();
    assert.deepEqual((await field.call('GET', '/jobs', { token })).body, { jobs: [], nextCursor: null });
    assert.ok(await field.db.oneOrNone('select id from fieldservice.users where subject = $1', [subject]));
  });
});

describe('the jobs of a staffing company', function () {
  this.timeout(120_000);
  let staffing: Staffing;

  before(async () => {
    staffing = await openStaffing({ serve: { worker: false } });
  });
  after(() => staffing.stop());

  const read = async (token: string, path: string, headers: Record<string, string> = {}) =>
    (await staffing.call('GET', path, { token, headers })).status;

  it('are read by who owns them and by the admins of their tenant', async () => {
    const [tenant, other] = [await staffing.addTenant(), await staffing.addTenant()];
    const worker = await staffing.addWorker(tenant);
    const admin = await staffing.addOther(tenant, 'TENANT_ADMIN');
    const path = await addJob(staffing.db, `workforce/${worker.userId}`, tenant.id);
    assert.equal(await read(worker.token, path), 200);
    assert.equal(await read(admin.token, path, { 'x-tenant-id': tenant.id }), 200);
    assert.equal(await read(admin.token, path, { 'x-tenant-id': other.id }), 403);
    assert.equal(await read(admin.token, path, { 'x-tenant-id': 'x' }), 400);
    for (const stranger of [
      await staffing.addWorker(tenant),
      await staffing.addClient(tenant),
      await staffing.addOther(tenant, 'REVIEWER'),
      await staffing.addOther(other, 'TENANT_ADMIN'),
    ])
      assert.equal(await read(stranger.token, path), 404);
    const field = await addJob(staffing.db, `fieldservice/${randomUUID()}`, tenant.id);
    assert.equal(await read(admin.token, field), 404);
  });

  it('are kept from a token that a sign-out has ended, and from somebody of no tenant', async () => {
    const worker = await staffing.addWorker(await staffing.addTenant());
    assert.equal(await read(worker.token, '/jobs'), 200);
    assert.equal((await staffing.call('POST', '/auth/sign-out', { token: worker.token })).status, 200);
    const { status, body } = await staffing.call('GET', '/jobs', { token: worker.token });
    assert.deepEqual([status, body.code], [401, 'SIGNED_OUT']);
    const nobody = await staffing.call('GET', '/jobs', { token: await staffing.outside.identity.signToken('nobody') });
    assert.deepEqual([nobody.status, nobody.body.code], [403, 'NO_MEMBERSHIP']);
  });
});
