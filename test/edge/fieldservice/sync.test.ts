import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Field, type FieldMember, type FieldTenant, openField } from '../../support/field.ts';

const longAgo = '2020-01-01T00:00:00Z';
const farAhead = '2090-01-01T00:00:00Z';

const client = { name: 'John Doe', phone: '+1 415 555 0100', email: 'john@doe.com', address: '123 Main St' };
const task = { title: 'Weekly clean', date: '2026-12-01', status: 'scheduled' };
const entry = {
  title: 'Invoice - Dec',
  amount: 320.0,
  type: 'receivable',
  status: 'pending',
  currency: 'USD',
  kind: 'invoiceClient',
  dueDate: '2025-12-31',
  isDisputed: false,
};

type Change = Record<string, unknown>;
const upsert = (entity: string, entityId: string, payload: unknown, clientUpdatedAt = farAhead): Change => ({
  op: 'upsert',
  entity,
  entityId,
  clientUpdatedAt,
  payload,
});
const remove = (entity: string, entityId: string, clientUpdatedAt = farAhead): Change => ({
  op: 'delete',
  entity,
  entityId,
  clientUpdatedAt,
});

describe('fieldservice: sync', function () {
  this.timeout(120_000);
  let field: Field;
  let tenant: FieldTenant;
  let carlos: FieldMember;
  let ana: FieldMember;
  const deviceId = randomUUID();

  before(async () => {
    field = await openField();
  });
  after(() => field.stop());
  beforeEach(async () => {
    tenant = await field.addTenant();
    carlos = tenant.manager;
    ana = await field.addMember(tenant.id);
  });

  const push = (member: FieldMember, changes: unknown[], device = deviceId) =>
    field.as(member, 'POST', '/v1/sync/push', {
      deviceId: device,
      clientTime: '2025-12-29T10:00:00Z',
      changes,
    });
  const pull = (member: FieldMember, query = '') => field.as(member, 'GET', `/v1/sync/pull${query}`);
  const since = (cursor: string) => `?since=${encodeURIComponent(cursor)}`;

  async function applied(member: FieldMember, ...changes: Change[]) {
    const answer = await push(member, changes);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body.rejected, []);
    return answer.body;
  }

  /** A record's fields as a manager reads them now. */
  const fieldsOf = async (id: string): Promise<Change> =>
    ((await everything(carlos)).get(id)?.['payload'] ?? {}) as Change;

  /** All that a member's new device would know, by id. */
  async function everything(member: FieldMember): Promise<Map<string, Change>> {
    const { body } = await pull(member, '?limit=2000');
    assert.equal(body.hasMore, false);
    return new Map(body.changes.map((change: { entityId: string }) => [change.entityId, change]));
  }

  it('answers a push as the published document prints it', async () => {
    const id = randomUUID();
    const { status, body } = await push(carlos, [upsert('client', id, client, longAgo)]);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['serverTime', 'applied', 'conflicts', 'rejected']);
    assert.ok(!Number.isNaN(Date.parse(body.serverTime)));
    assert.deepEqual([body.applied, body.conflicts, body.rejected], [[id], [], []]);
  });

  it('answers a pull as the published document prints it', async () => {
    const id = randomUUID();
    await applied(carlos, upsert('finance_entry', id, { ...entry, clientId: id }));
    const { body } = await pull(carlos);
    const [change] = body.changes;
    assert.deepEqual(Object.keys(body), ['serverTime', 'changes', 'nextCursor', 'hasMore']);
    assert.deepEqual(change, {
      op: 'upsert',
      entity: 'finance_entry',
      entityId: id,
      updatedAt: change.updatedAt,
      payload: { ...entry, clientId: id },
    });
    assert.equal(body.nextCursor, change.updatedAt);
    assert.match(change.updatedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it('answers what came after a cursor, page by page, and nothing twice', async () => {
    const ids = Array.from({ length: 7 }, () => randomUUID());
    await applied(carlos, ...ids.map(id => upsert('client', id, client)));
    const seen: string[] = [];
    let query = '?limit=3';
    for (let pages = 1; ; pages += 1) {
      const { body } = await pull(carlos, query);
      seen.push(...body.changes.map((change: { entityId: string }) => change.entityId));
      query = `${since(body.nextCursor)}&limit=3`;
      if (!body.hasMore) {
        assert.equal(pages, 3);
        break;
      }
    }
    assert.deepEqual(seen, ids);
    const { body } = await pull(carlos, query);
    assert.deepEqual([body.changes, body.hasMore], [[], false]);
  });

  it('answers a since in the future with the newest instant, so that a fast clock misses nothing', async () => {
    await applied(carlos, upsert('client', randomUUID(), client));
    const { body } = await pull(carlos, since(farAhead));
    assert.deepEqual(body.changes, []);
    const id = randomUUID();
    await applied(carlos, upsert('client', id, client));
    const next = await pull(carlos, since(body.nextCursor));
    assert.deepEqual(
      next.body.changes.map((change: { entityId: string }) => change.entityId),
      [id],
    );
  });

  it('gives a tenant without changes a cursor', async () => {
    const { body } = await pull(carlos);
    assert.deepEqual([body.changes, body.hasMore], [[], false]);
    assert.equal((await pull(carlos, since(body.nextCursor))).status, 200);
  });

  it('pulls a delete without payload, and an upsert brings the record back with what it had', async () => {
    const id = randomUUID();
    await applied(carlos, upsert('client', id, client), remove('client', id));
    const gone = (await everything(carlos)).get(id);
    assert.deepEqual(Object.keys(gone ?? {}), ['op', 'entity', 'entityId', 'updatedAt']);
    assert.equal(gone?.['op'], 'delete');
    await applied(carlos, upsert('client', id, { name: 'Jo' }));
    assert.deepEqual((await everything(carlos)).get(id)?.['payload'], { ...client, name: 'Jo' });
  });

  it('writes the fields that are sent and clears those that are null', async () => {
    const id = randomUUID();
    await applied(carlos, upsert('client', id, client), upsert('client', id, { phone: null, notes: 'no such field' }));
    const { phone: _phone, ...rest } = client;
    assert.deepEqual((await everything(carlos)).get(id)?.['payload'], rest);
  });

  it('keeps money exact', async () => {
    const id = randomUUID();
    await applied(carlos, upsert('finance_entry', id, { ...entry, amount: 12_345_678_901.29 }));
    const row = await field.db.one('select amount::text from fieldservice.records where id = $1', [id]);
    assert.equal(row.amount, '12345678901.29');
    assert.match((await pull(carlos)).text, /"amount":12345678901\.29/);
  });

  describe('a conflict', () => {
    const other = randomUUID();

    it('is told and logged where a newer value is overwritten, and the client wins', async () => {
      const id = randomUUID();
      await applied(carlos, upsert('client', id, client));
      const [{ updatedAt }] = (await pull(carlos)).body.changes;
      const changed = { ...client, email: 'jd@doe.com' };
      const { body } = await push(carlos, [upsert('client', id, changed, longAgo)], other);
      assert.deepEqual(body.conflicts, [
        {
          entity: 'client',
          entityId: id,
          fields: ['email'],
          summary: 'Email updated on another device; client value kept',
          serverUpdatedAt: updatedAt,
        },
      ]);
      assert.equal((await fieldsOf(id))['email'], 'jd@doe.com');
      const log = (await field.as(carlos, 'GET', '/v1/conflicts')).body;
      assert.deepEqual(log, {
        conflicts: [
          {
            id: log.conflicts[0].id,
            entity: 'client',
            entityId: id,
            summary: 'Email updated on another device; client value kept',
            fields: ['email'],
            createdAt: log.conflicts[0].createdAt,
          },
        ],
        nextCursor: null,
      });
    });

    it('is none where values are the same: numbers as numbers, times as instants', async () => {
      const id = randomUUID();
      await applied(carlos, upsert('finance_entry', id, { ...entry, dueDate: '2025-12-31T10:00:00Z' }));
      const same = { ...entry, amount: 320, dueDate: '2025-12-31T11:00:00+01:00', method: null };
      const { body } = await push(carlos, [upsert('finance_entry', id, same, longAgo)], other);
      assert.deepEqual(body.conflicts, []);
    });

    it('is none where the server has nothing newer, nor with what the same push has written', async () => {
      const id = randomUUID();
      const edits = ['a', 'b', 'c'].map(name => upsert('client', id, { name }, longAgo));
      assert.deepEqual((await applied(carlos, ...edits)).conflicts, []);
      const { body } = await push(carlos, [upsert('client', id, { name: 'd' }, farAhead)], other);
      assert.deepEqual(body.conflicts, []);
      const twice = [upsert('client', id, { name: 'e' }, longAgo), upsert('client', id, { name: 'f' }, longAgo)];
      assert.equal((await push(carlos, twice, other)).body.conflicts.length, 1);
    });
  });

  it('applies a change once, even when another device wrote in between', async () => {
    const id = randomUUID();
    const mine = upsert('client', id, client);
    await applied(carlos, mine);
    await push(carlos, [upsert('client', id, { name: 'Theirs' })], randomUUID());
    const before = (await pull(carlos)).body;
    const again = await applied(carlos, mine);
    assert.deepEqual([again.applied, again.conflicts], [[id], []]);
    assert.deepEqual((await pull(carlos)).body.changes, before.changes);
    assert.equal((await field.as(carlos, 'GET', '/v1/audit')).body.audit.length, 2);
    // The same words of another device are a change of their own.
    await push(carlos, [mine], randomUUID());
    assert.equal((await fieldsOf(id))['name'], 'John Doe');
  });

  it('answers what cannot be applied one by one, and goes on with the rest', async () => {
    const id = randomUUID();
    const used = randomUUID();
    const bad: [unknown, RegExp][] = [
      [upsert('client', 'not-an-id', client), /entityId/],
      [upsert('house', id, client), /entity/],
      [{ ...upsert('client', id, client), op: 'merge' }, /op/],
      [upsert('client', id, { phone: '1' }), /name: is missing/],
      [upsert('finance_entry', id, { ...entry, amount: '320.0' }), /amount/],
      [upsert('finance_entry', id, { ...entry, amount: -1 }), /amount/],
      [upsert('finance_entry', id, { ...entry, amount: 0.00001 }), /amount: at most four decimals/],
      [upsert('finance_entry', id, { ...entry, kind: 'loan' }), /kind/],
      [upsert('task', id, { ...task, date: '2025-02-30' }), /date/],
      [upsert('task', id, { ...task, status: null }), /status: is missing/],
      [upsert('client', id, client, 'yesterday'), /clientUpdatedAt/],
      [upsert('client', id, [client]), /payload/],
      [{ ...upsert('client', id, client), payload: undefined }, /payload/],
      [null, /./],
      ['client', /./],
      [upsert('task', used, task), /entityId: belongs to a client/],
    ];
    const good = randomUUID();
    const { status, body } = await push(carlos, [
      upsert('client', used, client),
      ...bad.map(([change]) => change),
      upsert('client', good, client),
    ]);
    assert.equal(status, 200);
    assert.deepEqual(body.applied, [used, good]);
    assert.equal(body.rejected.length, bad.length);
    // Those that cannot be read come first.
    for (const [change, reason] of bad) {
      const named = change as { entityId?: unknown } | null;
      const entityId = typeof named?.entityId === 'string' ? named.entityId : null;
      const told = body.rejected.filter((one: { entityId: unknown; reason: string }) => one.entityId === entityId);
      assert.ok(
        told.some((one: { reason: string }) => reason.test(one.reason)),
        `${JSON.stringify(change)}: ${JSON.stringify(told)}`,
      );
    }
    assert.deepEqual([...(await everything(carlos)).keys()].sort(), [used, good].sort());
  });

  it('refuses a push that is no push', async () => {
    const body = { deviceId, clientTime: '2025-12-29T10:00:00Z', changes: [] as unknown[] };
    const tooMany = Array.from({ length: 1_001 }, () => upsert('client', randomUUID(), { name: 'x' }));
    for (const bad of [
      { ...body, changes: tooMany },
      { ...body, deviceId: 'phone' },
      { ...body, clientTime: 'now' },
      { ...body, changes: {} },
      { ...body, changes: [{ ...upsert('client', randomUUID(), { name: 'a\u0000b' }) }] },
      [],
    ]) {
      const answer = await field.as(carlos, 'POST', '/v1/sync/push', bad);
      assert.equal(answer.status, 400, JSON.stringify(bad).slice(0, 200));
      assert.deepEqual(Object.keys(answer.body), ['error']);
      assert.deepEqual(Object.keys(answer.body.error), ['code', 'message', 'details']);
    }
    assert.deepEqual(await everything(carlos), new Map());
    assert.equal((await field.as(carlos, 'POST', '/v1/sync/push', body)).status, 200);
  });

  it('refuses a cursor that is no instant, and a limit out of reach', async () => {
    for (const query of [
      '?since=yesterday',
      '?since=0000-01-01T00:00:00Z',
      '?since=2025-13-01T00:00:00Z',
      '?limit=0',
      '?limit=2001',
      '?limit=1e3',
    ])
      assert.equal((await pull(carlos, query)).status, 400, query);
    for (const query of [
      '?since=1969-01-01T00:00:00Z',
      '?since=9999-12-31T23:59:59.9999999Z',
      `?since=${encodeURIComponent('2026-01-01T00:00:00+02:00')}`,
    ])
      assert.equal((await pull(carlos, query)).status, 200, query);
  });

  it('keeps tenants apart although they use the same ids', async () => {
    const id = randomUUID();
    const others = await field.addTenant();
    await applied(carlos, upsert('client', id, { name: 'Ours' }));
    assert.deepEqual(await everything(others.manager), new Map());
    assert.deepEqual((await applied(others.manager, upsert('task', id, task, longAgo))).conflicts, []);
    await applied(others.manager, remove('task', id));
    assert.deepEqual((await everything(carlos)).get(id)?.['payload'], { name: 'Ours' });
    const stranger = await field.as({ ...carlos, tenantId: others.id }, 'GET', '/v1/sync/pull');
    assert.deepEqual([stranger.status, stranger.body.error.code], [403, 'FORBIDDEN']);
  });

  describe('an employee', () => {
    const payroll = (employeeId: string | null) => ({ ...entry, kind: 'payrollEmployee', type: 'payable', employeeId });

    it('changes the status and times of their own tasks, and nothing else', async () => {
      const [mine, theirs] = [randomUUID(), randomUUID()];
      await applied(
        carlos,
        upsert('task', mine, { ...task, assignedEmployeeId: ana.employeeId }),
        upsert('task', theirs, { ...task, assignedEmployeeId: randomUUID() }),
      );
      // As apps do, with all the fields that did not change.
      const whole = {
        ...task,
        assignedEmployeeId: ana.employeeId,
        status: 'completed',
        checkOutTime: '2026-12-01T12:00:00Z',
      };
      const { body } = await push(ana, [
        upsert('task', mine, whole),
        upsert('task', mine, { title: 'Mine now' }),
        upsert('task', theirs, { status: 'completed' }),
        upsert('task', randomUUID(), task),
        upsert('client', randomUUID(), client),
        remove('task', mine),
      ]);
      assert.deepEqual(body.applied, [mine]);
      assert.deepEqual(
        body.rejected.map((one: { reason: string }) => one.reason),
        [
          'title: only a manager may change it',
          'You may change only tasks that are assigned to you.',
          'You may change only tasks that are assigned to you.',
          'Only a manager may write this.',
          'Only a manager may delete a task.',
        ],
      );
      assert.deepEqual(await fieldsOf(mine), whole);
      assert.equal((await fieldsOf(theirs))['status'], 'scheduled');
    });

    it('reads no pay but their own, and no finance but their own payroll', async () => {
      const [colleague, own, others, invoice] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
      const pay = { name: 'Bo', roleTitle: 'Cleaner', hourlyRate: 21.5, currency: 'USD' };
      await applied(
        carlos,
        upsert('employee', colleague, pay),
        upsert('employee', ana.employeeId as string, pay),
        upsert('finance_entry', own, payroll(ana.employeeId)),
        upsert('finance_entry', others, payroll(colleague)),
        upsert('finance_entry', invoice, entry),
      );
      const seen = await everything(ana);
      assert.deepEqual([...seen.keys()].sort(), [colleague, ana.employeeId, own].sort());
      assert.deepEqual(seen.get(colleague)?.['payload'], { name: 'Bo', roleTitle: 'Cleaner' });
      assert.deepEqual(seen.get(ana.employeeId as string)?.['payload'], pay);
      const audit = (await field.as(ana, 'GET', '/v1/audit')).body.audit;
      assert.deepEqual(
        audit.map((row: { entityId: string }) => row.entityId),
        [own, ana.employeeId, colleague],
      );
    });

    it('is told to delete what has left their sight, and nothing that was never in it', async () => {
      const [id, never] = [randomUUID(), randomUUID()];
      await applied(
        carlos,
        upsert('finance_entry', id, payroll(ana.employeeId)),
        upsert('finance_entry', never, entry),
      );
      const { nextCursor } = (await pull(ana)).body;
      await applied(
        carlos,
        upsert('finance_entry', id, { employeeId: null }),
        upsert('finance_entry', never, { title: 'x' }),
      );
      const { body } = await pull(ana, since(nextCursor));
      assert.deepEqual(
        body.changes.map((change: Change) => [change['op'], change['entityId']]),
        [['delete', id]],
      );
      assert.equal(body.changes[0].payload, undefined);
    });

    it('with no record of their own reads what is common', async () => {
      const nobody = await field.addMember(tenant.id, { employeeId: null });
      const id = randomUUID();
      await applied(carlos, upsert('finance_entry', randomUUID(), payroll(null)), upsert('client', id, client));
      assert.deepEqual([...(await everything(nobody)).keys()], [id]);
    });
  });

  it('writes an audit row for each change, newest first, in pages', async () => {
    const id = randomUUID();
    await applied(carlos, upsert('finance_entry', id, entry));
    await applied(carlos, upsert('finance_entry', id, { amount: 321 }), remove('finance_entry', id));
    const first = (await field.as(carlos, 'GET', '/v1/audit?limit=2')).body;
    const [deleted, updated] = first.audit;
    assert.deepEqual(updated, {
      id: updated.id,
      entity: 'finance_entry',
      entityId: id,
      action: 'updated',
      summary: 'Finance entry updated: Invoice - Dec',
      actor: 'Carlos (Manager)',
      createdAt: updated.createdAt,
    });
    assert.equal(deleted.action, 'deleted');
    const rest = (await field.as(carlos, 'GET', `/v1/audit?limit=2&cursor=${first.nextCursor}`)).body;
    assert.deepEqual([rest.audit.length, rest.audit[0].action, rest.nextCursor], [1, 'created', null]);
    const later = (await field.as(carlos, 'GET', `/v1/audit${since(updated.createdAt)}`)).body;
    assert.deepEqual([later.audit.length, later.audit[0].id], [1, deleted.id]);
    const forged = ['0000-01-01T00:00:00.000000Z', `2026-01-01T00:00:00.${'1'.repeat(200)}Z`].map(
      moment => `?cursor=${Buffer.from(JSON.stringify([moment])).toString('base64url')}`,
    );
    for (const query of ['?cursor=x', ...forged, '?limit=101', '?since=now'])
      assert.equal((await field.as(carlos, 'GET', `/v1/conflicts${query}`)).status, 400, query);
  });

  it('loses nothing when many devices push at once, while others pull', async () => {
    const devices = Array.from({ length: 8 }, () => randomUUID());
    const shared = randomUUID();
    let cursor: string | null = null;
    const seen = new Set<string>();
    let pushing = true;
    const pulling = (async () => {
      for (let last = false; ; ) {
        const { body } = await pull(carlos, cursor === null ? '?limit=5' : `${since(cursor)}&limit=5`);
        for (const change of body.changes) seen.add(change.entityId);
        cursor = body.nextCursor;
        if (last && !body.hasMore) return;
        last = !pushing && !body.hasMore;
      }
    })();
    const sent = await Promise.all(
      devices.map(async device => {
        const ids = Array.from({ length: 10 }, () => randomUUID());
        const answer = await push(
          carlos,
          [...ids.map(id => upsert('client', id, client)), upsert('client', shared, { name: device })],
          device,
        );
        assert.equal(answer.status, 200, answer.text);
        return ids;
      }),
    );
    pushing = false;
    await pulling;
    assert.deepEqual([...seen].sort(), [...sent.flat(), shared].sort());
  });
});
