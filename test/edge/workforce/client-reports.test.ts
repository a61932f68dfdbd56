import assert from 'node:assert/strict';
import { uuidV7 } from '../../../shared/uuid.ts';
import { addRole, addWorkers, billWork, cancelShift, placeWorker, readDeclared } from '../../support/placed-work.ts';
import { type Client, openStaffing, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';

/*
 * Two weeks of March 2026, which begin on Mondays the 2nd and the 9th. On the 8th New York puts its clocks forward.
 *
 *   shift            at         needed          workers
 *   1 Mar  23–07     New York   1               5 COMPLETED
 *   2 Mar  09–17     New York   2               1 COMPLETED, 2 COMPLETED late
 *   2 Mar  09–17     Tokyo      1               3 NO_SHOW
 *   3 Mar  22–06     New York   3 + 2 cooks     1 CHECKED_OUT, 2 ASSIGNED, 3 DECLINED; cook 4 COMPLETED
 *   8 Mar  01–09     New York   1               3 NO_SHOW
 *   9 Mar  09–17     New York   1               4 CHECKED_IN late
 *  10 Mar  09–17     New York   9 cancelled     5 CANCELLED, 2 NO_SHOW
 *  16 Mar  09–17     New York   1               5 COMPLETED
 */
describe("a client's reports", function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let client: Client;
  let workers: Worker[];
  let newYork: string;
  let tokyo: string;
  const read = (path: string, as: Client = client) => readDeclared(staffing, path, as.token);
  const at = (worker: number) => workers[worker - 1] as Worker;
  const range = { startDate: '2026-03-02', endDate: '2026-03-15' };
  const query = 'startDate=2026-03-02&endDate=2026-03-15';

  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    client = await staffing.addClient(tenant);
    workers = await addWorkers(staffing, tenant, 5);
    const vendor = await staffing.addVendor(tenant);
    newYork = await staffing.addHub(client, tenant);
    tokyo = await staffing.addHub(client, tenant, { timeZone: 'Asia/Tokyo' });
    await staffing.db.none(`update workforce.hubs set name = 'Annex' where id = $1`, [tokyo]);
    const add = (of: Client, hub: string, startsAt: string, needed: number) =>
      staffing.addShift(tenant, of, hub, vendor, { startsAt: new Date(startsAt), needed, rateCents: 3_000 });

    const before = await add(client, newYork, '2026-03-02T04:00:00Z', 1);
    await billWork(staffing, await placeWorker(staffing, before, at(5), 'COMPLETED'), { minutes: 9, amountCents: 450 });
    const monday = await add(client, newYork, '2026-03-02T14:00:00Z', 2);
    const onTime = await placeWorker(staffing, monday, at(1), 'COMPLETED');
    const late = await placeWorker(staffing, monday, at(2), 'COMPLETED', { late: true });
    const far = await add(client, tokyo, '2026-03-02T00:00:00Z', 1);
    await placeWorker(staffing, far, at(3), 'NO_SHOW');
    // It ends on the 4th in New York, and begins on the 4th by UTC.
    const night = await add(client, newYork, '2026-03-04T03:00:00Z', 3);
    const cooks = await addRole(staffing, night, { name: 'Cook', needed: 2, rateCents: 4_001, lunchBreakMinutes: 26 });
    const nightWork = await placeWorker(staffing, night, at(1), 'CHECKED_OUT');
    await placeWorker(staffing, night, at(2), 'ASSIGNED');
    await placeWorker(staffing, night, at(3), 'DECLINED');
    const cooked = await placeWorker(staffing, cooks, at(4), 'COMPLETED');
    const changed = await add(client, newYork, '2026-03-08T06:00:00Z', 1);
    await placeWorker(staffing, changed, at(3), 'NO_SHOW');
    const next = await add(client, newYork, '2026-03-09T13:00:00Z', 1);
    await placeWorker(staffing, next, at(4), 'CHECKED_IN', { late: true });
    const cancelled = await add(client, newYork, '2026-03-10T13:00:00Z', 9);
    await placeWorker(staffing, cancelled, at(5), 'CANCELLED');
    await placeWorker(staffing, cancelled, at(2), 'NO_SHOW');
    await cancelShift(staffing, cancelled);
    const beyond = await add(client, newYork, '2026-03-16T13:00:00Z', 1);
    await billWork(staffing, await placeWorker(staffing, beyond, at(5), 'COMPLETED'), { minutes: 9, amountCents: 450 });

    await billWork(staffing, onTime, { minutes: 480, amountCents: 24_000, savingCents: 4_000 });
    await billWork(staffing, late, { minutes: 460, amountCents: 23_000, savingCents: 3_833 });
    await billWork(staffing, nightWork, { minutes: 480, amountCents: 24_000, savingCents: 4_000 });
    await billWork(staffing, cooked, { minutes: 450, amountCents: 30_008, savingCents: -508, category: 'Cook' });
    for (const [work, rating, day] of [
      [onTime, 5, '2026-03-15T23:59:59Z'],
      [late, 2, '2026-03-02T00:00:00Z'],
      [nightWork, 1, '2026-03-16T00:00:00Z'],
    ] as const)
      await staffing.db.none(
        `insert into workforce.staff_reviews (id, tenant_id, assignment_id, staff_id, business_id, rating, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [uuidV7(), tenant.id, work, at(1).staffId, client.businessId, rating, client.userId, day],
      );

    // A neighbour in the same tenant, whose figures are to be in none of these.
    const neighbour = await staffing.addClient(tenant);
    const theirs = await add(neighbour, await staffing.addHub(neighbour, tenant), '2026-03-05T14:00:00Z', 70);
    const theirWork = await placeWorker(staffing, theirs, at(5), 'COMPLETED', { late: true });
    await billWork(staffing, theirWork, { minutes: 480, amountCents: 7_000_000, savingCents: 7_000_000 });
  });
  after(() => staffing?.stop());

  /** 454 minutes at 40.01 an hour are 302.74 and a bit. */
  const cookCents = 30_274;
  const coverage = { workersNeeded: 10, workersConfirmed: 6, coveragePercent: 60 };
  const arrivals = { workersCame: 5, lateArrivals: 2, noShows: 2, onTimePercent: 60, noShowPercent: 28.6 };

  it('sum up the main figures', async () => {
    assert.deepEqual(await read(`/client/reports/summary?${query}`), {
      ...range,
      totalShifts: 5,
      ...coverage,
      ...arrivals,
      totalWorkedMinutes: 1_870,
      totalSpendCents: 101_008,
      totalSavingsCents: 11_325,
      forecastSpendCents: 8 * 24_000 + 2 * cookCents,
    });
  });

  it('tell of a day hub by hub, by the local date', async () => {
    const monday = await read('/client/reports/daily-ops?date=2026-03-02');
    const { hubs, ...whole } = monday;
    assert.deepEqual(whole, {
      date: '2026-03-02',
      shifts: 2,
      workersNeeded: 3,
      workersConfirmed: 2,
      coveragePercent: 66.7,
      workersCame: 2,
      lateArrivals: 1,
      noShows: 1,
      onTimePercent: 50,
      noShowPercent: 33.3,
      workedMinutes: 940,
      spendCents: 47_000,
    });
    const nobody = { workersCame: 0, lateArrivals: 0, onTimePercent: null };
    assert.deepEqual(hubs[0], {
      hubId: tokyo,
      hubName: 'Annex',
      shifts: 1,
      workersNeeded: 1,
      workersConfirmed: 0,
      coveragePercent: 0,
      ...nobody,
      noShows: 1,
      noShowPercent: 100,
      workedMinutes: 0,
      spendCents: 0,
    });
    assert.deepEqual([hubs.length, hubs[1].hubId, hubs[1].onTimePercent], [2, newYork, 50]);
    const night = await read('/client/reports/daily-ops?date=2026-03-03');
    assert.deepEqual([night.shifts, night.workersNeeded, night.workersConfirmed, night.spendCents], [1, 5, 3, 54_008]);
    const cancelled = await read('/client/reports/daily-ops?date=2026-03-10');
    assert.deepEqual([cancelled.shifts, cancelled.coveragePercent, cancelled.hubs], [0, 100, []]);
  });

  it('divide what was spent by day, kind of work and hub', async () => {
    assert.deepEqual(await read(`/client/reports/spend?${query}`), {
      ...range,
      totalSpendCents: 101_008,
      totalSavingsCents: 11_325,
      totalWorkedMinutes: 1_870,
      averageWeeklySpendCents: 50_504,
      days: [
        { date: '2026-03-02', amountCents: 47_000, workedMinutes: 940 },
        { date: '2026-03-03', amountCents: 54_008, workedMinutes: 930 },
      ],
      categories: [
        { category: 'Server', amountCents: 71_000, percentage: 70.3 },
        { category: 'Cook', amountCents: 30_008, percentage: 29.7 },
      ],
      hubs: [{ hubId: newYork, hubName: 'Main hall', amountCents: 101_008, percentage: 100 }],
    });
  });

  it('tell day by day how many places had somebody', async () => {
    assert.deepEqual(await read(`/client/reports/coverage?${query}`), {
      ...range,
      totalShifts: 5,
      ...coverage,
      days: [
        { date: '2026-03-02', shifts: 2, workersNeeded: 3, workersConfirmed: 2, coveragePercent: 66.7 },
        { date: '2026-03-03', shifts: 1, workersNeeded: 5, workersConfirmed: 3, coveragePercent: 60 },
        { date: '2026-03-08', shifts: 1, workersNeeded: 1, workersConfirmed: 0, coveragePercent: 0 },
        { date: '2026-03-09', shifts: 1, workersNeeded: 1, workersConfirmed: 1, coveragePercent: 100 },
      ],
    });
  });

  it('forecast week by week what the ordered places cost, beside what was worked', async () => {
    const first = {
      shifts: 4,
      workersNeeded: 9,
      plannedMinutes: 7 * 480 + 2 * 454,
      forecastSpendCents: 7 * 24_000 + 2 * cookCents,
      actualSpendCents: 101_008,
    };
    const second = {
      shifts: 1,
      workersNeeded: 1,
      plannedMinutes: 480,
      forecastSpendCents: 24_000,
      actualSpendCents: 0,
    };
    assert.deepEqual(await read(`/client/reports/forecast?${query}`), {
      ...range,
      shifts: 5,
      workersNeeded: 10,
      plannedMinutes: first.plannedMinutes + 480,
      forecastSpendCents: first.forecastSpendCents + 24_000,
      actualSpendCents: 101_008,
      averageWeeklyForecastCents: Math.round((first.forecastSpendCents + 24_000) / 2),
      weeks: [
        { weekStartsOn: '2026-03-02', ...first },
        { weekStartsOn: '2026-03-09', ...second },
      ],
    });
  });

  it('tell how reliably places are worked, and what the business thinks of it', async () => {
    assert.deepEqual(await read(`/client/reports/performance?${query}`), {
      ...range,
      totalShifts: 5,
      ...coverage,
      ...arrivals,
      completionPercent: 57.1,
      reviews: 2,
      averageRating: 3.5,
      weeks: [
        {
          weekStartsOn: '2026-03-02',
          workersNeeded: 9,
          workersConfirmed: 5,
          coveragePercent: 55.6,
          workersCame: 4,
          lateArrivals: 1,
          noShows: 2,
          onTimePercent: 75,
          noShowPercent: 33.3,
          completionPercent: 66.7,
        },
        {
          weekStartsOn: '2026-03-09',
          workersNeeded: 1,
          workersConfirmed: 1,
          coveragePercent: 100,
          workersCame: 1,
          lateArrivals: 1,
          noShows: 0,
          onTimePercent: 0,
          noShowPercent: 0,
          completionPercent: 0,
        },
      ],
    });
  });

  it('name who did not come', async () => {
    assert.deepEqual(await read(`/client/reports/no-show?${query}`), {
      ...range,
      noShows: 2,
      noShowPercent: 28.6,
      workersDue: 7,
      workers: [
        {
          staffId: at(3).staffId,
          fullName: 'Worker 3',
          noShows: 2,
          workersDue: 2,
          noShowPercent: 100,
          lastNoShowOn: '2026-03-08',
        },
      ],
    });
  });

  it('find what begins on a local date, however far off that is by UTC', async () => {
    const own = await staffing.addClient(tenant);
    const vendor = await staffing.addVendor(tenant);
    const add = async (timeZone: string, startsAt: string, hours: number) => {
      const hub = await staffing.addHub(own, tenant, { timeZone });
      return staffing.addShift(tenant, own, hub, vendor, { startsAt: new Date(startsAt), hours, needed: 1 });
    };
    // Half past midnight on the 5th, fourteen hours ahead; and eleven behind, the second crew of a shift of two days.
    const early = await add('Pacific/Kiritimati', '2026-05-04T10:30:00Z', 8);
    const long = await add('Pacific/Pago_Pago', '2026-05-06T10:00:00Z', 50);
    await staffing.db.none(`update workforce.shift_roles set starts_at = starts_at + interval '40 h' where id = $1`, [
      long.roleId,
    ]);
    await placeWorker(staffing, early, at(1), 'COMPLETED', { late: true });
    await placeWorker(staffing, long, at(2), 'COMPLETED', { late: true });
    const day = 'startDate=2026-05-05&endDate=2026-05-05';
    const summary = await read(`/client/reports/summary?${day}`, own);
    assert.deepEqual(
      [
        summary.totalShifts,
        summary.workersNeeded,
        summary.workersCame,
        summary.lateArrivals,
        summary.forecastSpendCents,
      ],
      [2, 2, 2, 2, 18 * 2_500],
    );
    assert.equal((await read(`/client/reports/no-show?${day}`, own)).workersDue, 2);
  });

  it('are all there for a time without work', async () => {
    const quiet = 'startDate=2025-01-01&endDate=2025-01-31';
    const summary = await read(`/client/reports/summary?${quiet}`);
    assert.deepEqual([summary.totalShifts, summary.coveragePercent, summary.onTimePercent], [0, 100, null]);
    const noShows = await read(`/client/reports/no-show?${quiet}`);
    assert.deepEqual([noShows.noShows, noShows.noShowPercent, noShows.workers], [0, null, []]);
    const spend = await read(`/client/reports/spend?${quiet}`);
    assert.deepEqual([spend.totalSpendCents, spend.days, spend.categories, spend.hubs], [0, [], [], []]);
    for (const name of ['coverage', 'forecast', 'performance']) await read(`/client/reports/${name}?${quiet}`);
  });

  it('take 366 days and no more, in this order', async () => {
    const longest = await read('/client/reports/summary?startDate=2026-01-01&endDate=2027-01-01');
    assert.equal(longest.totalShifts, 7);
    for (const name of ['summary', 'spend', 'coverage', 'forecast', 'performance', 'no-show']) {
      const tooLong = await ask(`/client/reports/${name}?startDate=2026-01-01&endDate=2027-01-02`);
      assert.deepEqual([name, tooLong.status, tooLong.body.code], [name, 400, 'RANGE_TOO_LONG']);
      const reversed = await ask(`/client/reports/${name}?startDate=2026-01-02&endDate=2026-01-01`);
      assert.deepEqual([name, reversed.status, reversed.body.code], [name, 400, 'INVALID_DATE_RANGE']);
      assert.equal((await ask(`/client/reports/${name}?startDate=2026-01-02`)).status, 400);
    }
    assert.equal((await ask('/client/reports/daily-ops')).status, 400);
    assert.equal((await ask('/client/reports/weather?startDate=2026-01-01&endDate=2026-01-02')).status, 404);
  });

  it("count nothing of another business's, and nothing of another tenant's", async () => {
    const newcomer = await staffing.addClient(tenant);
    const foreigner = await staffing.addClient(await staffing.addTenant());
    for (const somebody of [newcomer, foreigner]) {
      const summary = await read(`/client/reports/summary?${query}`, somebody);
      assert.deepEqual([summary.totalShifts, summary.totalSpendCents, summary.workersCame], [0, 0, 0]);
      assert.deepEqual((await read('/client/reports/daily-ops?date=2026-03-02', somebody)).hubs, []);
      assert.deepEqual((await read(`/client/reports/no-show?${query}`, somebody)).workers, []);
    }
  });

  function ask(path: string) {
    return staffing.call('GET', path, { token: client.token });
  }
});
