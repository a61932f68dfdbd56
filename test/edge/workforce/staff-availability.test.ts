import assert from 'node:assert/strict';
import { openStaffing, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';

describe('edge/workforce/routes/staff-availability', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let worker: Worker;
  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
  });
  beforeEach(async () => {
    worker = await staffing.addWorker(tenant);
  });
  after(() => staffing?.stop());

  const set = (body: object) => staffing.call('PUT', '/staff/availability', { token: worker.token, body });
  const quickSet = (quickSetType: string, startDate: string, endDate: string) =>
    staffing.call('POST', '/staff/availability/quick-set', {
      token: worker.token,
      body: { quickSetType, startDate, endDate },
    });
  const list = async (startDate: string, endDate: string, { token } = worker) =>
    staffing.call('GET', `/staff/availability?startDate=${startDate}&endDate=${endDate}`, { token });
  const statuses = async (startDate: string, endDate: string) =>
    Object.fromEntries(
      (await list(startDate, endDate)).body.items.map((one: { date: string; status: string }) => [
        one.date,
        one.status,
      ]),
    );

  it('keeps what a worker says of a day, and lets them say otherwise', async () => {
    const slots = [
      { start: '18:00', end: '24:00' },
      { start: '08:00', end: '12:00' },
    ];
    const answer = await set({ date: '2026-05-04', status: 'PARTIAL', slots });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body.slots, slots.toReversed());
    await set({ date: '2026-05-04', status: 'UNAVAILABLE', slots: [] });
    await set({ date: '2026-05-05', status: 'AVAILABLE' });
    const { body } = await list('2026-05-01', '2026-05-31');
    assert.deepEqual(body.items, [
      { date: '2026-05-04', status: 'UNAVAILABLE', slots: [] },
      { date: '2026-05-05', status: 'AVAILABLE', slots: [] },
    ]);
    assert.equal(body.nextCursor, null);
  });

  it('refuses times that are none, overlap, or contradict the status', async () => {
    const day = { date: '2026-05-04', status: 'PARTIAL' };
    for (const body of [
      day,
      { ...day, slots: [{ start: '12:00', end: '12:00' }] },
      { ...day, slots: [{ start: '8:00', end: '12:00' }] },
      { ...day, slots: [{ start: '08:00', end: '24:01' }] },
      {
        ...day,
        slots: [
          { start: '08:00', end: '12:00' },
          { start: '11:59', end: '13:00' },
        ],
      },
      { ...day, status: 'UNAVAILABLE', slots: [{ start: '08:00', end: '12:00' }] },
      { ...day, status: 'AVAILABLE', date: '2026-02-30' },
      { ...day, status: 'MAYBE', slots: [] },
      { ...day, status: 'AVAILABLE', note: 'no such field' },
    ])
      assert.equal((await set(body)).status, 400, JSON.stringify(body));
    assert.deepEqual((await list('2026-05-01', '2026-05-31')).body.items, []);
  });

  it('sets all days, weekdays or weekends of a range at once, and clears it', async () => {
    // From a Friday to a Monday.
    const range = ['2026-05-01', '2026-05-04'] as const;
    await quickSet('weekdays', ...range);
    assert.deepEqual(await statuses(...range), {
      '2026-05-01': 'AVAILABLE',
      '2026-05-02': 'UNAVAILABLE',
      '2026-05-03': 'UNAVAILABLE',
      '2026-05-04': 'AVAILABLE',
    });
    await quickSet('weekends', ...range);
    assert.deepEqual(Object.values(await statuses(...range)), ['UNAVAILABLE', 'AVAILABLE', 'AVAILABLE', 'UNAVAILABLE']);
    await set({ date: '2026-05-02', status: 'PARTIAL', slots: [{ start: '08:00', end: '12:00' }] });
    assert.equal((await quickSet('all', ...range)).body.daysChanged, 4);
    const { body } = await list(...range);
    assert.ok(
      body.items.every((one: { status: string; slots: [] }) => one.status === 'AVAILABLE' && !one.slots.length),
    );
    assert.equal((await quickSet('clear', '2026-05-02', '2026-05-31')).body.daysChanged, 3);
    assert.deepEqual(await statuses('2026-04-01', '2026-05-31'), { '2026-05-01': 'AVAILABLE' });
  });

  it('takes a leap year in one go, and nothing longer or backwards', async () => {
    const answer = await quickSet('all', '2028-01-01', '2028-12-31');
    assert.deepEqual([answer.status, answer.body.daysChanged], [200, 366]);
    for (const [from, to, code] of [
      ['2028-01-01', '2029-01-01', 'RANGE_TOO_LONG'],
      ['2028-01-02', '2028-01-01', 'INVALID_DATE_RANGE'],
    ] as const) {
      assert.equal((await quickSet('all', from, to)).body.code, code);
      assert.equal((await list(from, to)).status, 400);
    }
    assert.equal((await staffing.call('GET', '/staff/availability', { token: worker.token })).status, 400);
  });

  it('is each worker’s own', async () => {
    await set({ date: '2026-05-04', status: 'AVAILABLE' });
    const other = await staffing.addWorker(tenant);
    assert.deepEqual((await list('2026-05-01', '2026-05-31', other)).body.items, []);
    const client = await staffing.addClient(tenant);
    assert.equal((await list('2026-05-01', '2026-05-31', client as unknown as Worker)).status, 403);
  });
});
