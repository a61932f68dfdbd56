import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import type { FieldPayload } from '../../../shared/field-records.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { Device, pick, type World } from './sync-world.ts';
import { SeededRandom } from '../../../ops/seeded-random.ts';

/** `SYNC_STORIES=10000 npx mocha test/db/fieldservice/sync-model.test.ts` tells as many; `SYNC_SEED` begins elsewhere. */
const stories = Number(process.env['SYNC_STORIES'] ?? 150);
const firstSeed = Number(process.env['SYNC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const storiesAtOnce = 6;

interface StoredRecord {
  id: string;
  entity: string;
  payload: FieldPayload;
  deleted: boolean;
}

describe('fieldservice: the model of sync', function () {
  this.timeout(3_600_000);
  let database: TestDatabase;
  let db: Database;

  before(async () => {
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 12, applicationName: 'test-sync' });
  });
  after(async () => {
    await db.$pool.end();
    await database.drop();
  });

  /** A tenant whose records have the ids of another's, which must stay as it is. */
  async function openWorld(random: () => number): Promise<{ world: World; devices: Device[]; other: string }> {
    const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
    const [tenantId, other] = [randomUUID(), randomUUID()];
    const world: World = {
      db,
      tenantId,
      random,
      ids: { clients: ids(2), tasks: ids(2), entries: ids(2), employees: ids(2) },
      sent: new Map(),
      log: [],
    };
    const people = [
      { role: 'manager' as const, employeeId: null },
      { role: 'manager' as const, employeeId: null },
      { role: 'employee' as const, employeeId: pick(random, [...world.ids.employees, null]) },
    ];
    const devices: Device[] = [];
    for (const [index, { role, employeeId }] of people.entries()) {
      const userId = randomUUID();
      await db.none('insert into fieldservice.users (id, subject) values ($1, $1)', [userId]);
      if (index === 0)
        await db.none(
          "insert into fieldservice.tenants (id, name, owner_user_id) values ($1, 'x', $3), ($2, 'y', $3)",
          [tenantId, other, userId],
        );
      await db.none(
        'insert into fieldservice.memberships (tenant_id, user_id, role, employee_id) values ($1, $2, $3, $4)',
        [tenantId, userId, role, employeeId],
      );
      devices.push(new Device(world, userId, role, employeeId));
    }
    await db.none(
      `insert into fieldservice.records (tenant_id, id, entity, payload, changed_at)
      select $1, unnest($2::uuid[]), 'client', '{"name": "theirs"}', clock_timestamp() + generate_series(1, 2) * interval '1 microsecond'`,
      [other, world.ids.clients],
    );
    return { world, devices, other };
  }

  async function tell(seed: number): Promise<void> {
    const numbers = new SeededRandom(seed);
    const random = () => numbers.next();
    const { world, devices, other } = await openWorld(random);
    try {
      const steps = devices.map(device => live(device, random));
      const moving = random() < 0.4 ? move(devices[2] as Device, random) : null;
      await Promise.all([...steps, moving]);
      for (const device of devices) while (device.outbox.length > 0) await device.push();
      await Promise.all(devices.map(catchUp));
      await check(world, devices, other);
    } catch (error) {
      const story = world.log.join('\n');
      throw new Error(`SYNC_SEED=${seed} SYNC_STORIES=1: ${(error as Error).message}\n${story}`, { cause: error });
    }
  }

  /** What one device does, while the others do the same. */
  async function live(device: Device, random: () => number): Promise<void> {
    for (let step = 0; step < 8; step += 1) {
      const what = random();
      if (what < 0.45) device.edit();
      else if (what < 0.75 && device.outbox.length > 0) await device.push();
      else await device.pull();
    }
  }

  /** While their device syncs, somebody becomes another employee or a manager. */
  async function move(device: Device, random: () => number): Promise<void> {
    for (let waits = Math.floor(random() * 4); waits > 0; waits -= 1) await db.any('select 1');
    if (random() < 0.3) await device.move('manager');
    else await device.move({ employeeId: pick(random, device.world.ids.employees) });
  }

  async function catchUp(device: Device): Promise<void> {
    while (await device.pull(false));
  }

  async function check({ tenantId, sent, ids }: World, devices: readonly Device[], other: string): Promise<void> {
    const records = await db.any<StoredRecord>(
      'select id, entity, payload, deleted_at is not null as deleted from fieldservice.records where tenant_id = $1',
      [tenantId],
    );
    // The server is what its applied changes make one after another, each once.
    const order = await db.any<{ digest: string; createdAt: string }>(
      "select encode(change_digest, 'hex') as digest, created_at::text from fieldservice.audit where tenant_id = $1 order by audit.created_at",
      [tenantId],
    );
    assert.equal(new Set(order.map(row => row.createdAt)).size, order.length, 'two changes share an instant');
    assert.equal(new Set(order.map(row => row.digest)).size, order.length, 'a change was applied twice');
    const replayed = new Map<string, StoredRecord>();
    for (const { digest } of order) {
      const change = sent.get(digest);
      assert.ok(change, 'the server applied what nobody sent');
      const { op, entity, entityId: id, fields } = change;
      const before = replayed.get(id);
      if (op === 'delete') {
        if (before) replayed.set(id, { ...before, deleted: true });
        continue;
      }
      const merged = Object.entries({ ...before?.payload, ...fields }).filter(([, value]) => value !== null);
      replayed.set(id, { id, entity, payload: Object.fromEntries(merged), deleted: false });
    }
    const byId = (rows: Iterable<StoredRecord>) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(byId(records), byId(replayed.values()), 'the server lost a change');

    for (const { role, employeeId, known } of devices) {
      const expected = new Map<string, FieldPayload>();
      for (const { id, entity, payload, deleted } of records) {
        if (deleted) continue;
        const isOwn = payload['kind'] === 'payrollEmployee' && payload['employeeId'] === employeeId;
        if (role === 'employee' && entity === 'finance_entry' && !(isOwn && employeeId !== null)) continue;
        const { hourlyRate: _rate, currency: _currency, ...unpaid } = payload;
        expected.set(id, role === 'employee' && entity === 'employee' && id !== employeeId ? unpaid : payload);
      }
      const sorted = (map: Map<string, FieldPayload>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(sorted(known), sorted(expected), `a ${role}'s device ended elsewhere`);
    }

    const theirs = await db.any('select id, payload from fieldservice.records where tenant_id = $1', [other]);
    assert.deepEqual(
      theirs.map(row => row.payload),
      ids.clients.map(() => ({ name: 'theirs' })),
      "another tenant's record was touched",
    );
  }

  it(`ends with every device at the server's state, whatever is lost and whoever comes first (${stories} stories)`, async () => {
    let next = 0;
    const teller = async () => {
      while (next < stories) {
        const seed = firstSeed + next;
        next += 1;
        await tell(seed);
      }
    };
    await Promise.all(Array.from({ length: Math.min(storiesAtOnce, stories) }, teller));
  });
});
