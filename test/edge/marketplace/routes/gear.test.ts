import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../../../db/connect.ts';
import { insertGear, maxGearPerOwner } from '../../../../db/marketplace/gear.ts';
import { maxRepairsPerGear } from '../../../../db/marketplace/gear-repairs.ts';
import { changeGear } from '../../../../edge/marketplace/gear-view.ts';
import { addDays, utcDay } from '../../../../shared/warranty.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Marketplace, serveMarketplace } from '../serve.ts';

const path = '/api/v1/inventory/gear';

describe('edge/marketplace/routes: gear', function () {
  this.timeout(120_000);
  let market: Marketplace;
  let owner: { id: string; token: string };
  let other: { id: string; token: string };
  before(async () => {
    market = await serveMarketplace();
    owner = await market.join();
    other = await market.join();
  });
  after(() => market.stop());
  beforeEach(() => market.db.none('delete from marketplace.gear'));

  const call = (method: string, at: string, body?: unknown, { token } = owner) =>
    market.call(method, path + at, { token, ...(body === undefined ? {} : { body }) });
  const add = async (body: object = {}) => {
    const answer = await call('POST', '', { name: 'A microphone', ...body });
    assert.equal(answer.status, 201, answer.text);
    return answer.body.data;
  };
  const inDays = (days: number) => addDays(utcDay(new Date()), days);

  it('answers a new piece of gear with all that was said of it', async () => {
    const said = {
      name: 'U 87 Ai',
      category: 'microphone',
      brand: 'Neumann',
      model: 'Studio set',
      serial_number: '0042',
      purchase_date: '2024-02-29',
      purchase_price_cents: 289_900,
      currency: 'EUR',
      warranty_expires_at: '2199-12-31',
      notes: 'Vocals only.',
    };
    const gear = await add(said);
    const { id, created_at, updated_at } = gear;
    assert.deepEqual(gear, { id, ...said, warranty_status: 'active', created_at, updated_at });
    assert.deepEqual((await call('GET', `/${id}`)).body, { success: true, data: gear });
  });

  it('tells how the warranty stands today', async () => {
    for (const [days, status] of [
      [-1, 'expired'],
      [0, 'expiring'],
      [30, 'expiring'],
      [31, 'active'],
    ] as const)
      assert.equal((await add({ warranty_expires_at: inDays(days) })).warranty_status, status);
    assert.equal((await add()).warranty_status, 'none');
  });

  it('takes moments for dates, by UTC, and blanks for nothing', async () => {
    const gear = await add({ warranty_expires_at: '2030-01-01T00:30:00+02:00', purchase_date: null, brand: ' ' });
    assert.deepEqual([gear.warranty_expires_at, gear.purchase_date, gear.brand], ['2029-12-31', null, null]);
  });

  it('lists newest first, the owner’s alone', async () => {
    const gear = [await add({ name: 'one' }), await add({ name: 'two' }), await add({ name: 'three' })];
    await call('POST', '', { name: 'foreign' }, other);
    const { data } = (await call('GET', '?limit=2')).body;
    assert.deepEqual(data, { gear: [gear[2], gear[1]], total: 3 });
    assert.deepEqual((await call('GET', '?limit=2&offset=2')).body.data.gear, [gear[0]]);
  });

  it('changes what is named, clears what is null, and leaves the rest', async () => {
    const gear = await add({ brand: 'Shure', notes: 'Old', warranty_expires_at: inDays(1) });
    const change = {
      name: 'SM7B',
      notes: null,
      warranty_expires_at: inDays(60),
      purchase_price_cents: 100,
      currency: 'USD',
    };
    const { status, body } = await call('PUT', `/${gear.id}`, change);
    assert.equal(status, 200);
    const { updated_at } = body.data;
    assert.deepEqual(body.data, { ...gear, ...change, warranty_status: 'active', updated_at });
    assert.ok(updated_at > gear.updated_at);
    assert.deepEqual((await call('GET', `/${gear.id}`)).body.data, body.data);
    assert.equal((await call('PUT', `/${gear.id}`, {})).status, 400);
  });

  it('keeps no price without a currency', async () => {
    assert.equal((await call('POST', '', { name: 'x', purchase_price_cents: 1 })).status, 400);
    const { id } = await add({ purchase_price_cents: 1, currency: 'EUR' });
    assert.equal((await call('PUT', `/${id}`, { currency: null })).status, 400);
    assert.equal((await call('PUT', `/${id}`, { purchase_price_cents: null, currency: null })).status, 200);
    assert.equal((await call('PUT', `/${id}`, { purchase_price_cents: 5 })).status, 400);
  });

  it('refuses what is no piece of gear', async () => {
    const bad = [
      {},
      { name: ' ' },
      { name: 'x'.repeat(201) },
      { name: 'x', colour: 'red' },
      { name: 'x', purchase_date: '2025-02-29' },
      { name: 'x', purchase_date: '0000-01-01' },
      { name: 'x', purchase_date: '9999-12-31T23:59:59-14:00' },
      { name: 'x', warranty_expires_at: 'soon' },
      { name: 'x', purchase_price_cents: 1.5, currency: 'EUR' },
      { name: 'x', purchase_price_cents: -1, currency: 'EUR' },
      { name: 'x', currency: 'euro' },
    ];
    for (const body of bad) {
      const { status } = await call('POST', '', body);
      assert.deepEqual([body, status], [body, 400]);
    }
    for (const query of ['?limit=0', '?offset=-1']) assert.equal((await call('GET', query)).status, 400);
    assert.equal((await call('GET', '/no-uuid')).status, 400);
    assert.equal((await market.call('GET', path)).status, 401);
  });

  it('repeats an answer under the same Idempotency-Key instead of the work', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const send = () => market.call('POST', path, { token: owner.token, headers, body: { name: 'Once' } });
    assert.deepEqual((await send()).body, (await send()).body);
    assert.equal((await call('GET', '')).body.data.total, 1);
  });

  it('deletes gear with its repairs, once', async () => {
    const { id } = await add();
    await repair(id);
    assert.deepEqual((await call('DELETE', `/${id}`)).body, { success: true, data: { message: 'Gear deleted' } });
    assert.equal((await call('DELETE', `/${id}`)).status, 404);
    const { count } = await market.db.one('select count(*) from marketplace.gear_repairs');
    assert.equal(count, 0);
  });

  const repairBody = {
    repair_date: '2026-02-15',
    description: 'New capsule',
    cost_cents: 8500,
    currency: 'EUR',
    provider: 'Mic Doctor',
  };
  const repair = async (gearId: string, body: object = {}) => {
    const answer = await call('POST', `/${gearId}/repairs`, { ...repairBody, ...body });
    assert.equal(answer.status, 201, answer.text);
    return answer.body.data;
  };

  it('keeps repairs as the published document writes them, the latest first', async () => {
    const { id } = await add();
    const late = await repair(id);
    assert.deepEqual(late, { id: late.id, gear_id: id, ...repairBody, created_at: late.created_at });
    const { provider: _, ...nobody } = repairBody;
    const answer = await call('POST', `/${id}/repairs`, { ...nobody, repair_date: '2020-01-01' });
    const early = answer.body.data;
    assert.equal(early.provider, null);
    assert.deepEqual((await call('GET', `/${id}/repairs`)).body.data, { repairs: [late, early], total: 2 });
    assert.deepEqual((await call('GET', `/${id}/repairs?limit=1&offset=1`)).body.data.repairs, [early]);
    const gone = await call('DELETE', `/${id}/repairs/${late.id}`);
    assert.deepEqual([gone.status, gone.body.data.message], [200, 'Repair deleted']);
    assert.equal((await call('DELETE', `/${id}/repairs/${late.id}`)).status, 404);
    assert.deepEqual((await call('GET', `/${id}/repairs`)).body.data, { repairs: [early], total: 1 });
  });

  it('takes no repair from the future and none that is half told', async () => {
    const { id } = await add();
    await repair(id, { repair_date: inDays(1) });
    const bad = [
      { repair_date: inDays(2) },
      { cost_cents: null },
      { currency: undefined },
      { description: '' },
      { by: 'me' },
    ];
    for (const change of bad)
      assert.equal((await call('POST', `/${id}/repairs`, { ...repairBody, ...change })).status, 400);
  });

  it('shows gear and what belongs to it to its owner only, each below its own piece', async () => {
    const { id } = await add();
    const second = await add();
    const { id: repairId } = await repair(id);
    const tries: [string, string, unknown?][] = [
      ['GET', `/${id}`],
      ['PUT', `/${id}`, { name: 'Mine' }],
      ['DELETE', `/${id}`],
      ['GET', `/${id}/repairs`],
      ['POST', `/${id}/repairs`, repairBody],
      ['DELETE', `/${id}/repairs/${repairId}`],
    ];
    for (const [method, at, body] of tries) {
      const { status } = await call(method, at, body, other);
      assert.deepEqual([method, at, status], [method, at, 404]);
    }
    assert.equal((await call('DELETE', `/${second.id}/repairs/${repairId}`)).status, 404);
    assert.equal((await call('GET', `/${randomUUID()}/repairs`)).status, 404);
    assert.deepEqual((await call('GET', `/${id}/repairs`)).body.data.total, 1);
  });

  it('waits for what is being added beside it before it counts', async () => {
    await market.db.none(
      `insert into marketplace.gear (id, owner_id, name) select gen_random_uuid(), $1, 'x' from generate_series(1, $2::int)`,
      [owner.id, maxGearPerOwner - 1],
    );
    const insert = (tx: Transaction) => insertGear(tx, owner.id, changeGear({ name: 'x' }));
    const last = await market.db.tx(async tx => {
      assert.ok(await insert(tx));
      const beside = market.db.tx(insert);
      await eventually(async () => {
        const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        assert.equal((await market.db.any(waiting)).length, 1);
      });
      return { beside };
    });
    assert.equal(await last.beside, null);
  });

  it('stops at as many as one may have, also when many come at once', async () => {
    const { id } = await add();
    await market.db.none(
      `insert into marketplace.gear (id, owner_id, name) select gen_random_uuid(), $1, 'x' from generate_series(1, $2::int)`,
      [owner.id, maxGearPerOwner - 2],
    );
    await market.db.none(
      `insert into marketplace.gear_repairs (id, gear_id, repair_date, description, cost_cents, currency)
      select gen_random_uuid(), $1, '2026-01-01', 'x', 0, 'EUR' from generate_series(1, $2::int)`,
      [id, maxRepairsPerGear - 1],
    );
    const refused = async (at: string, body: unknown) => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => call('POST', at, body)));
      assert.equal(answers.filter(answer => answer.status === 201).length, 1);
      return new Set(answers.filter(answer => answer.status === 409).map(answer => answer.body.code));
    };
    assert.deepEqual(await refused('', { name: 'x' }), new Set(['TOO_MUCH_GEAR']));
    assert.deepEqual(await refused(`/${id}/repairs`, repairBody), new Set(['TOO_MANY_REPAIRS']));
  });
});
