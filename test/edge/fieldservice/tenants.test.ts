import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../support/eventually.ts';
import { type Field, type FieldMember, openField } from '../../support/field.ts';

describe('edge/fieldservice/routes/tenants', function () {
  this.timeout(120_000);
  let field: Field;

  before(async () => {
    field = await openField({ serve: { worker: false } });
  });
  after(() => field.stop());

  const list = (token: string) => field.call('GET', '/v1/tenants', { token });
  const create = (token: string, body: unknown, headers: Record<string, string> = {}) =>
    field.call('POST', '/v1/tenants', { token, body, headers });
  const join = (tenantId: string, userId: string, role: string, active = true) =>
    field.db.none('insert into fieldservice.memberships (tenant_id, user_id, role, active) values ($1, $2, $3, $4)', [
      tenantId,
      userId,
      role,
      active,
    ]);

  const waitingForLocks = async () => {
    const sql =
      "select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    return (await field.db.one<{ waiting: number }>(sql)).waiting;
  };

  describe('GET /v1/tenants', () => {
    it('lists the tenants of whoever asks, by name, with what they are there', async () => {
      const [b, a, twin, left] = [
        await field.addTenant('b'),
        await field.addTenant('a'),
        await field.addTenant('a'),
        await field.addTenant('c'),
      ];
      await field.addTenant('not theirs');
      await join(a.id, b.manager.userId, 'employee');
      await join(twin.id, b.manager.userId, 'manager');
      await join(left.id, b.manager.userId, 'employee', false);
      const { status, body } = await list(b.manager.token);
      const named = [
        { id: a.id, name: 'a', role: 'employee' },
        { id: twin.id, name: 'a', role: 'manager' },
      ].sort((one, other) => (one.id < other.id ? -1 : 1));
      assert.deepEqual([status, body], [200, { tenants: [...named, { id: b.id, name: 'b', role: 'manager' }] }]);
    });

    it('needs a token and no tenant', async () => {
      assert.equal((await field.call('GET', '/v1/tenants')).status, 401);
      const { token } = await field.addStranger();
      const headers = { 'x-tenant-id': 'nonsense' };
      const answer = await field.call('GET', '/v1/tenants', { token, headers });
      assert.deepEqual([answer.status, answer.body], [200, { tenants: [] }]);
    });
  });

  describe('POST /v1/tenants', () => {
    it('makes a tenant that its maker owns and manages', async () => {
      const { token, subject } = await field.addStranger();
      const made = await create(token, { name: '  AG Home Organizer ' });
      const { id } = made.body;
      assert.deepEqual([made.status, made.body], [200, { id, name: 'AG Home Organizer' }]);
      assert.deepEqual((await list(token)).body, { tenants: [{ id, name: 'AG Home Organizer', role: 'manager' }] });
      const owner = await field.db.one(
        'select person.subject from fieldservice.tenants join fieldservice.users person on person.id = owner_user_id where tenants.id = $1',
        [id],
      );
      assert.equal(owner.subject, subject);
    });

    it('makes one of a request that is sent twice under a key', async () => {
      const { token } = await field.addStranger();
      const key = { 'idempotency-key': randomUUID() };
      const [first, again] = [await create(token, { name: 'One' }, key), await create(token, { name: 'One' }, key)];
      assert.deepEqual(again.body, first.body);
      assert.equal((await list(token)).body.tenants.length, 1);
    });

    it('refuses a name that is none', async () => {
      const { token } = await field.addStranger();
      for (const name of ['', '   ', 'n'.repeat(201), 'two\nlines', 'a\u0000', 7, null, undefined]) {
        const { status, body } = await create(token, { name });
        assert.equal(status, 400, JSON.stringify(name));
        assert.deepEqual(Object.keys(body), ['error']);
        assert.deepEqual(Object.keys(body.error), ['code', 'message', 'details']);
      }
      assert.equal((await create(token, { name: 'n'.repeat(200), colour: 'red' })).status, 200);
    });

    it('lets nobody own more than a hundred, in a race neither', async () => {
      const { manager } = await field.addTenant();
      await field.db.none(
        "insert into fieldservice.tenants (id, name, owner_user_id) select gen_random_uuid(), 'x', $1 from generate_series(1, 98)",
        [manager.userId],
      );
      // All four are under way before any of them gets on.
      const { posted } = await field.db.tx(async tx => {
        await tx.one('select id from fieldservice.users where id = $1 for update', [manager.userId]);
        const requests = Array.from({ length: 4 }, () => create(manager.token, { name: 'More' }));
        await eventually(async () => assert.equal(await waitingForLocks(), 4));
        return { posted: requests };
      });
      const answered = await Promise.all(posted);
      assert.deepEqual(answered.map(({ status }) => status).sort(), [200, 422, 422, 422]);
      const refused = answered.find(({ status }) => status === 422);
      const message = 'You own 100 tenants, which is as many as one may.';
      assert.deepEqual(refused?.body, { error: { code: 'TOO_MANY_TENANTS', message, details: {} } });
    });

    it('is slowed down after twenty a minute', async () => {
      const { token } = await field.addStranger();
      const statuses = [];
      for (let count = 0; count < 21; count += 1) statuses.push((await create(token, {})).status);
      assert.deepEqual([statuses[19], statuses[20]], [400, 429]);
    });
  });

  describe('POST /v1/tenants/:id/activate', () => {
    const activate = (member: FieldMember, body: unknown, id = member.tenantId) =>
      field.as(member, 'POST', `/v1/tenants/${id}/activate`, body);
    const devices = (tenantId: string) =>
      field.db.any('select device_id, user_id from fieldservice.devices where tenant_id = $1', [tenantId]);

    it('binds a device to the tenant and its last user, again and again', async () => {
      const { id, manager } = await field.addTenant();
      const employee = await field.addMember(id);
      const deviceId = randomUUID();
      for (const member of [manager, employee, employee]) {
        const { status, body } = await activate(member, { deviceId: deviceId.toUpperCase() });
        assert.deepEqual([status, body], [200, { ok: true }]);
      }
      assert.deepEqual(await devices(id), [{ deviceId, userId: employee.userId }]);
    });

    it('takes the path’s tenant only if the header names it too', async () => {
      const [one, other] = [await field.addTenant(), await field.addTenant()];
      await join(other.id, one.manager.userId, 'manager');
      const deviceId = randomUUID();
      const { status, body } = await activate(one.manager, { deviceId }, other.id);
      const message = 'The path and X-Tenant-Id name different tenants.';
      assert.deepEqual([status, body], [400, { error: { code: 'TENANT_MISMATCH', message, details: {} } }]);
      assert.deepEqual(await devices(other.id), []);
      assert.equal((await activate(one.manager, { deviceId }, one.id.toUpperCase())).status, 200);
    });

    it('refuses what is no device, and who is no member', async () => {
      const { id, manager } = await field.addTenant();
      for (const body of [{}, { deviceId: 'phone' }, { deviceId: 7 }, { deviceId: null }, []])
        assert.equal((await activate(manager, body)).body.error.code, 'INVALID', JSON.stringify(body));
      assert.equal((await activate(manager, { deviceId: randomUUID() }, 'x')).body.error.code, 'INVALID');
      const stranger = { ...(await field.addStranger()), tenantId: id } as FieldMember;
      assert.equal((await activate(stranger, { deviceId: randomUUID() })).body.error.code, 'FORBIDDEN');
    });
  });

  describe('GET /v1/tenants/:id/members', () => {
    const members = (member: FieldMember, query = '', id = member.tenantId) =>
      field.as(member, 'GET', `/v1/tenants/${id}/members${query}`);

    it('tells a manager who belongs to the tenant, and everybody else nothing', async () => {
      const { id, manager } = await field.addTenant();
      const ana = await field.addMember(id, { name: 'Ana' });
      const left = await field.addMember(id, { name: 'Leo' });
      await field.addTenant();
      await field.db.none('update fieldservice.memberships set active = false where user_id = $1', [left.userId]);
      const { status, body } = await members(manager);
      assert.equal(status, 200);
      const [first, second] = body.members;
      const { userId, email, employeeId } = ana;
      assert.deepEqual(body, {
        members: [
          { ...first, userId: manager.userId, name: 'Carlos', email: manager.email, role: 'manager', employeeId: null },
          { userId, name: 'Ana', email, role: 'employee', employeeId, joinedAt: second.joinedAt },
        ],
        nextCursor: null,
      });
      assert.match(first.joinedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const refused = await members(ana);
      const message = 'Only a manager may do this.';
      assert.deepEqual([refused.status, refused.body], [403, { error: { code: 'FORBIDDEN', message, details: {} } }]);
      assert.equal((await members(manager, '', randomUUID())).body.error.code, 'TENANT_MISMATCH');
    });

    it('turns pages through those who joined in the same moment, too, none of them twice', async () => {
      const { id, manager } = await field.addTenant();
      const ids = [manager.userId];
      for (let count = 0; count < 4; count += 1) ids.push((await field.addMember(id)).userId);
      await field.db.none(
        "update fieldservice.memberships set joined_at = '2026-01-01T00:00:00.123456Z' where tenant_id = $1 and user_id <> $2",
        [id, ids[1]],
      );
      const walked: string[] = [];
      let query = '?limit=2';
      const sizes: number[] = [];
      for (;;) {
        const { body } = await members(manager, query);
        walked.push(...body.members.map((member: { userId: string }) => member.userId));
        sizes.push(body.members.length);
        if (body.nextCursor === null) break;
        query = `?limit=2&cursor=${body.nextCursor}`;
      }
      assert.deepEqual(sizes, [2, 2, 1]);
      assert.deepEqual(walked, [...ids.filter(userId => userId !== ids[1]).sort(), ids[1]]);
    });

    it('refuses a limit and a cursor that it has not given', async () => {
      const { manager } = await field.addTenant();
      const cursorOf = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
      for (const cursor of ['x', '', cursorOf(['0000-01-01T00:00:00Z', randomUUID()]), cursorOf(['now', 'x'])]) {
        const { status, body } = await members(manager, `?cursor=${cursor}`);
        assert.deepEqual([status, body.error.code], [400, 'INVALID_CURSOR'], cursor);
      }
      for (const limit of ['0', '101', 'x', '']) assert.equal((await members(manager, `?limit=${limit}`)).status, 400);
    });
  });
});
