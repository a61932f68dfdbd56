import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { openInviteMail, unsealInviteToken } from '../../../db/fieldservice/invites.ts';
import { createApp } from '../../../edge/app.ts';
import type { EdgeServices } from '../../../edge/services.ts';
import { eventually } from '../../support/eventually.ts';
import { type Field, type FieldTenant, openField } from '../../support/field.ts';

type Invited = Awaited<ReturnType<Field['addStranger']>>;

describe('edge/fieldservice/routes/invites', function () {
  this.timeout(120_000);
  let field: Field;

  before(async () => {
    field = await openField({ serve: { worker: false } });
  });
  after(() => field.stop());

  const invite = ({ id, manager }: FieldTenant, body: unknown, headers: Record<string, string> = {}) =>
    field.as(manager, 'POST', `/v1/tenants/${id}/invite`, body, headers);
  const accept = (token: string, by: { token: string }) =>
    field.call('POST', `/v1/invites/${token}/accept`, { token: by.token });
  const codeOf = async (answer: ReturnType<typeof accept>) => {
    const { status, body } = await answer;
    return [status, body.error?.code];
  };

  /** The secret that the mail of an invite brings. */
  async function tokenOf(inviteId: string): Promise<string> {
    const mail = await openInviteMail(field.db, inviteId);
    assert.ok(mail);
    return unsealInviteToken(inviteId, mail.tokenSealed, field.spine.config.encryptionKey);
  }

  async function invited(
    tenant: FieldTenant,
    person: { email: string },
    more: { role?: string; employeeId?: string } = {},
  ): Promise<{ inviteId: string; token: string }> {
    const { status, body } = await invite(tenant, { email: person.email, role: 'employee', ...more });
    assert.equal(status, 200);
    return { inviteId: body.inviteId, token: await tokenOf(body.inviteId) };
  }

  const memberOf = (tenantId: string, email: string) =>
    field.db.oneOrNone(
      `select role, employee_id, former_employee_ids, active from fieldservice.memberships
      join fieldservice.users on id = user_id where tenant_id = $1 and email = $2`,
      [tenantId, email],
    );

  describe('POST /v1/tenants/:id/invite', () => {
    it('queues one mail, and keeps of its token only the hash and a sealed text', async () => {
      const tenant = await field.addTenant('AG Home Organizer');
      const requestId = randomUUID();
      const sent = { email: ' User@Domain.com', role: 'employee', colour: 'red' };
      const { status, body } = await invite(tenant, sent, { 'x-request-id': requestId });
      const { inviteId } = body;
      assert.deepEqual([status, body], [200, { inviteId, status: 'sent' }]);

      const token = await tokenOf(inviteId);
      assert.equal(Buffer.from(token, 'base64url').length, 32);
      const row = await field.db.one('select * from fieldservice.invites where id = $1', [inviteId]);
      assert.deepEqual(
        [row.tenantId, row.email, row.role, row.employeeId],
        [tenant.id, 'user@domain.com', 'employee', null],
      );
      assert.deepEqual(row.tokenHash, createHash('sha256').update(token).digest());
      assert.equal(row.expiresAt - row.createdAt, 7 * 86_400_000);

      const notification = await field.db.one('select * from fieldservice.notifications where invite_id = $1', [
        inviteId,
      ]);
      const { id: notificationId, tenantId, channel, recipient, subject, body: text } = notification;
      assert.deepEqual(
        { tenantId, channel, recipient, subject, text },
        {
          tenantId: tenant.id,
          channel: 'email',
          recipient: 'user@domain.com',
          subject: 'You are invited to AG Home Organizer',
          text: null,
        },
      );
      const job = await field.db.one(
        "select owner, tenant, request_id, payload from core.jobs where kind = 'notification' and payload ->> 'notificationId' = $1",
        [notificationId],
      );
      assert.deepEqual(job, {
        owner: `fieldservice/${tenant.manager.userId}`,
        tenant: tenant.id,
        requestId,
        payload: { area: 'fieldservice', notificationId },
      });
      assert.ok(!JSON.stringify([row, notification, job]).includes(token));

      const mail = await openInviteMail(field.db, inviteId);
      assert.deepEqual(
        { ...mail, tokenSealed: '' },
        {
          email: 'user@domain.com',
          tenantName: 'AG Home Organizer',
          inviterName: 'Carlos',
          role: 'employee',
          tokenSealed: '',
          expiresAt: row.expiresAt,
        },
      );
    });

    it('sends one mail for a request that comes twice under a key', async () => {
      const tenant = await field.addTenant();
      const key = { 'idempotency-key': randomUUID() };
      const body = { email: 'twice@example.com', role: 'employee' };
      const [first, again] = [await invite(tenant, body, key), await invite(tenant, body, key)];
      assert.deepEqual(again.body, first.body);
      const sql = 'select id from fieldservice.notifications where tenant_id = $1';
      assert.equal((await field.db.any(sql, [tenant.id])).length, 1);
    });

    it('leaves one open invite of an address, however many are made at once', async () => {
      const tenant = await field.addTenant();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => invite(tenant, { email: 'race@example.com', role: 'employee' })),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 200, 200],
      );
      const mails = await Promise.all(answers.map(({ body }) => openInviteMail(field.db, body.inviteId)));
      assert.equal(mails.filter(mail => mail !== null).length, 1);
    });

    it('is for managers of the tenant that path and header name', async () => {
      const [tenant, other] = [await field.addTenant(), await field.addTenant()];
      const body = { email: 'x@example.com', role: 'employee' };
      const employee = await field.addMember(tenant.id);
      const path = `/v1/tenants/${tenant.id}/invite`;
      const refused = await field.as(employee, 'POST', path, body);
      const message = 'Only a manager may do this.';
      assert.deepEqual([refused.status, refused.body], [403, { error: { code: 'FORBIDDEN', message, details: {} } }]);
      assert.deepEqual(await codeOf(field.as(other.manager, 'POST', path, body)), [400, 'TENANT_MISMATCH']);
      const { token } = tenant.manager;
      assert.deepEqual(await codeOf(field.call('POST', path, { token, body })), [400, 'MISSING_TENANT']);
      assert.deepEqual(await codeOf(field.call('POST', path, { body })), [401, 'UNAUTHORIZED']);
      const none = 'select id from fieldservice.invites where tenant_id = $1';
      assert.deepEqual(await field.db.any(none, [tenant.id]), []);
    });

    it('refuses what is no address, role or employee', async () => {
      const tenant = await field.addTenant();
      const good = { email: 'x@example.com', role: 'employee' };
      for (const wrong of [
        { email: undefined },
        { email: 'nobody' },
        { email: 'a@b@example.com' },
        { email: 'x@example.com\r\nbcc: y@example.com' },
        { email: `${'a'.repeat(250)}@example.com` },
        { email: ['x@example.com'] },
        { role: undefined },
        { role: 'owner' },
        { role: 'Manager' },
        { employeeId: 'x' },
        { employeeId: 7 },
      ]) {
        const { status, body } = await invite(tenant, { ...good, ...wrong });
        assert.deepEqual([status, body.error.code], [400, 'INVALID'], JSON.stringify(wrong).slice(0, 60));
        assert.deepEqual(Object.keys(body.error), ['code', 'message', 'details']);
      }
    });

    it('is slowed down after twenty a minute', async () => {
      const tenant = await field.addTenant();
      const codes: string[] = [];
      for (let count = 0; count < 21; count += 1) codes.push((await invite(tenant, {})).body.error.code);
      assert.deepEqual(codes.slice(-2), ['INVALID', 'RATE_LIMITED']);
    });
  });

  describe('POST /v1/invites/:token/accept', () => {
    it('makes the person invited a member, with the employee that they are', async () => {
      const tenant = await field.addTenant('House');
      const zoe = await field.addStranger({ email: `Zoe-${randomUUID().slice(0, 8)}@Example.com` });
      const employeeId = randomUUID();
      const { token, inviteId } = await invited(tenant, { email: zoe.email.toUpperCase() }, { employeeId });
      const { status, body } = await accept(token, zoe);
      assert.deepEqual([status, body], [200, { tenantId: tenant.id, role: 'employee' }]);
      const { body: own } = await field.call('GET', '/v1/tenants', { token: zoe.token });
      assert.deepEqual(own, { tenants: [{ id: tenant.id, name: 'House', role: 'employee' }] });
      const member = { role: 'employee', employeeId, formerEmployeeIds: [], active: true };
      assert.deepEqual(await memberOf(tenant.id, zoe.email.toLowerCase()), member);
      assert.equal(await openInviteMail(field.db, inviteId), null);
    });

    it('knows no token but its own', async () => {
      const zoe = await field.addStranger();
      const { token } = await invited(await field.addTenant(), zoe);
      for (const wrong of [
        'x',
        token.slice(0, -1),
        `${token}A`,
        token.toLowerCase(),
        '%00',
        encodeURIComponent('a/b'),
      ]) {
        const { status, body } = await accept(wrong, zoe);
        const message = 'There is no such invite.';
        if (wrong === '%00') assert.equal(status, 400);
        else assert.deepEqual([status, body], [404, { error: { code: 'NOT_FOUND', message, details: {} } }], wrong);
      }
      assert.deepEqual(await codeOf(field.call('POST', `/v1/invites/${token}/accept`)), [401, 'UNAUTHORIZED']);
    });

    it('takes a token once, of many who send it at once, too', async () => {
      const tenant = await field.addTenant();
      const zoe = await field.addStranger();
      const { token } = await invited(tenant, zoe);
      const answers = await Promise.all(Array.from({ length: 5 }, () => accept(token, zoe)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409]);
      const { status, body } = await accept(token, zoe);
      const message = 'This invite was used before.';
      assert.deepEqual([status, body], [409, { error: { code: 'INVITE_USED', message, details: {} } }]);
    });

    it('answers a repeat under its key as the first time', async () => {
      const zoe = await field.addStranger();
      const { token } = await invited(await field.addTenant(), zoe);
      const headers = { 'idempotency-key': randomUUID() };
      const send = () => field.call('POST', `/v1/invites/${token}/accept`, { token: zoe.token, headers });
      const [first, again] = [await send(), await send()];
      assert.deepEqual([again.status, again.body], [200, first.body]);
    });

    it('is gone after seven days', async () => {
      const tenant = await field.addTenant();
      const zoe = await field.addStranger();
      const { token, inviteId } = await invited(tenant, zoe);
      await field.db.none('update fieldservice.invites set expires_at = now() where id = $1', [inviteId]);
      const { status, body } = await accept(token, zoe);
      const message = 'This invite has run out; ask for another.';
      assert.deepEqual([status, body], [410, { error: { code: 'INVITE_EXPIRED', message, details: {} } }]);
      assert.deepEqual([await memberOf(tenant.id, zoe.email), await openInviteMail(field.db, inviteId)], [null, null]);
      const next = await invited(tenant, zoe);
      assert.equal((await accept(next.token, zoe)).status, 200);
    });

    it('is gone once a later invite of the address has taken its place', async () => {
      const [tenant, other] = [await field.addTenant(), await field.addTenant()];
      const zoe = await field.addStranger();
      const elsewhere = await invited(other, zoe);
      const first = await invited(tenant, zoe);
      const second = await invited(tenant, zoe, { role: 'manager' });
      assert.equal(await openInviteMail(field.db, first.inviteId), null);
      const { status, body } = await accept(first.token, zoe);
      const message = 'A later invite has taken the place of this one.';
      assert.deepEqual([status, body], [410, { error: { code: 'INVITE_SUPERSEDED', message, details: {} } }]);
      assert.deepEqual((await accept(second.token, zoe)).body, { tenantId: tenant.id, role: 'manager' });
      assert.equal((await accept(elsewhere.token, zoe)).status, 200);
    });

    it('tells nobody else anything, whatever has become of the invite', async () => {
      const tenant = await field.addTenant();
      const [zoe, eve] = [await field.addStranger(), await field.addStranger()];
      const { token } = await invited(tenant, zoe);
      const open = await accept(token, eve);
      const message = 'This invite is for another e-mail address.';
      const error = { code: 'INVITE_EMAIL_MISMATCH', message, details: {} };
      assert.deepEqual([open.status, open.body], [403, { error }]);
      assert.equal((await accept(token, zoe)).status, 200);
      assert.deepEqual((await accept(token, eve)).body, open.body);
      assert.equal(await memberOf(tenant.id, eve.email), null);
    });

    it('says why to somebody whose token names no address', async () => {
      const zoe = await field.addStranger();
      const { token } = await invited(await field.addTenant(), zoe);
      const { clerk } = field.outside;
      for (const claims of [{ email: undefined }, { email: zoe.email, email_verified: false }]) {
        const { status, body } = await accept(token, {
          token: await clerk.signToken(`user_${randomUUID()}`, { claims }),
        });
        const message = 'An invite is bound to an e-mail address, and your session token carries none.';
        assert.deepEqual([status, body], [403, { error: { code: 'EMAIL_UNKNOWN', message, details: {} } }]);
      }
      assert.equal((await accept(token, zoe)).status, 200);
    });
  });

  describe('an invite of somebody who is a member', () => {
    /** Records of which the first two are pay of the given employees; answers which of them changed since. */
    async function addRecords(tenantId: string, employeeIds: readonly (string | null)[]) {
      const [payroll, client] = [employeeIds.map(() => randomUUID()), randomUUID()];
      const entry = {
        title: 'Pay',
        amount: 1,
        type: 'payable',
        dueDate: '2026-01-01',
        status: 'pending',
        currency: 'USD',
      };
      for (const [index, id] of [...payroll, client].entries()) {
        const employeeId = employeeIds[index];
        const isClient = id === client;
        await field.db.none(
          `insert into fieldservice.records (tenant_id, id, entity, payload, changed_at, seen_by)
          values ($1, $2, $3, $4, '2026-01-01'::timestamptz + $5 * interval '1 second', $6::uuid[])`,
          [
            tenantId,
            id,
            isClient ? 'client' : 'finance_entry',
            isClient ? { name: 'John' } : { ...entry, kind: 'payrollEmployee', employeeId },
            index,
            employeeId ? [employeeId] : [],
          ],
        );
      }
      return async () => {
        const rows = await field.db.any<{ id: string }>(
          "select id from fieldservice.records where tenant_id = $1 and changed_at > '2026-02-01'",
          [tenantId],
        );
        const changed = new Set(rows.map(({ id }) => id));
        return [...payroll, client].map(id => changed.has(id));
      };
    }

    it('of the same role is spent and changes nothing', async () => {
      const tenant = await field.addTenant();
      const ana = await field.addMember(tenant.id);
      const changed = await addRecords(tenant.id, [ana.employeeId]);
      const { token } = await invited(tenant, ana);
      assert.deepEqual((await accept(token, ana)).body, { tenantId: tenant.id, role: 'employee' });
      assert.equal((await accept(token, ana)).body.error.code, 'INVITE_USED');
      const { employeeId } = ana;
      const same = { role: 'employee', employeeId, formerEmployeeIds: [], active: true };
      assert.deepEqual(await memberOf(tenant.id, ana.email), same);
      assert.deepEqual(await changed(), [false, false]);
    });

    it('moves the link to another employee, and has the pay of both pulled again', async () => {
      const tenant = await field.addTenant();
      const ana = await field.addMember(tenant.id);
      const next = randomUUID();
      const changed = await addRecords(tenant.id, [ana.employeeId, next, randomUUID()]);
      await accept((await invited(tenant, ana, { employeeId: next.toUpperCase() })).token, ana);
      const moved = { role: 'employee', employeeId: next, formerEmployeeIds: [ana.employeeId], active: true };
      assert.deepEqual(await memberOf(tenant.id, ana.email), moved);
      assert.deepEqual(await changed(), [true, true, false, false]);
      await accept((await invited(tenant, ana, { employeeId: ana.employeeId! })).token, ana);
      const back = { ...moved, employeeId: ana.employeeId, formerEmployeeIds: [next] };
      assert.deepEqual(await memberOf(tenant.id, ana.email), back);
    });

    it('makes a manager of an employee, who pulls again what employees don’t see', async () => {
      const tenant = await field.addTenant();
      const ana = await field.addMember(tenant.id);
      const changed = await addRecords(tenant.id, [randomUUID()]);
      const { token } = await invited(tenant, ana, { role: 'manager' });
      assert.deepEqual((await accept(token, ana)).body, { tenantId: tenant.id, role: 'manager' });
      const { employeeId } = ana;
      const promoted = { role: 'manager', employeeId, formerEmployeeIds: [], active: true };
      assert.deepEqual(await memberOf(tenant.id, ana.email), promoted);
      assert.deepEqual(await changed(), [true, false]);
      assert.equal((await field.as(ana, 'GET', `/v1/tenants/${tenant.id}/members`)).status, 200);
    });

    it('never makes an employee of a manager, and stays open then', async () => {
      const tenant = await field.addTenant();
      const boss = await field.addMember(tenant.id, { role: 'manager' });
      const { token, inviteId } = await invited(tenant, boss);
      const { status, body } = await accept(token, boss);
      const message = 'You are a manager of this tenant; this invite would make you an employee.';
      assert.deepEqual([status, body], [409, { error: { code: 'ALREADY_MANAGER', message, details: {} } }]);
      assert.equal((await memberOf(tenant.id, boss.email)).role, 'manager');
      assert.ok(await openInviteMail(field.db, inviteId));
    });

    it('takes somebody in again who had left, as what it says', async () => {
      const tenant = await field.addTenant();
      const boss = await field.addMember(tenant.id, { role: 'manager' });
      await field.db.none('update fieldservice.memberships set active = false where user_id = $1', [boss.userId]);
      const { token } = await invited(tenant, boss);
      assert.deepEqual((await accept(token, boss)).body, { tenantId: tenant.id, role: 'employee' });
      const { role, active } = await memberOf(tenant.id, boss.email);
      assert.deepEqual([role, active], ['employee', true]);
    });
  });

  it('writes no token and no address to the log, whatever goes wrong', async () => {
    const tenant = await field.addTenant();
    const zoe: Invited = await field.addStranger();
    const { token } = await invited(tenant, zoe);
    const expired = await field.outside.clerk.signToken(zoe.subject, { claims: { exp: 1, iat: 0 } });
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const broken = { oneOrNone: () => Promise.reject(new Error('the disk is full')) };
    const answers: number[] = [];
    for (const change of [{}, { db: broken }] as Partial<EdgeServices>[]) {
      const server = createServer(createApp({ ...field.edge.services, ...change, log }).callback()).listen(
        0,
        '127.0.0.1',
      );
      await new Promise(resolve => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      for (const bearer of [zoe.token, zoe.token, expired]) {
        const headers = { authorization: `Bearer ${bearer}` };
        const url = `http://127.0.0.1:${port}/v1/invites/${token}/accept?x=${token}`;
        answers.push((await fetch(url, { method: 'POST', headers })).status);
      }
      await new Promise(resolve => server.close(resolve));
    }
    assert.deepEqual(answers, [200, 409, 401, 500, 500, 401]);
    const text = lines.join('');
    assert.ok(text.includes('/v1/invites/:token/accept') && text.includes('the disk is full'));
    for (const secret of [token, zoe.email, zoe.token, expired]) assert.ok(!text.includes(secret), secret.slice(0, 20));
    const metrics = await field.spine.metrics.registry.metrics();
    assert.ok(metrics.includes('/v1/invites/:token/accept') && !metrics.includes(token));
  });
});

describe('the mail of an invite', function () {
  this.timeout(120_000);
  let field: Field;

  before(async () => {
    field = await openField();
  });
  after(() => field.stop());

  it('brings the token by which its reader joins, and which is known nowhere else once it has gone', async () => {
    const tenant = await field.addTenant('AG Home Organizer');
    const zoe = await field.addStranger();
    const body = { email: zoe.email, role: 'employee' };
    const { inviteId } = (await field.as(tenant.manager, 'POST', `/v1/tenants/${tenant.id}/invite`, body)).body;
    const mail = await eventually(() => {
      const found = field.outside.outbox.mails().find(({ to }) => to.includes(zoe.email));
      assert.ok(found);
      return found;
    });
    assert.equal(mail.subject, 'You are invited to AG Home Organizer');
    const [token] = /^[\w-]{43}$/m.exec(mail.text) ?? [];
    await eventually(async () => assert.equal(await openInviteMail(field.db, inviteId), null));
    const accepted = await field.call('POST', `/v1/invites/${token}/accept`, { token: zoe.token });
    assert.deepEqual([accepted.status, accepted.body], [200, { tenantId: tenant.id, role: 'employee' }]);
  });
});
