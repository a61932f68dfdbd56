import assert from 'node:assert/strict';
import { uuidV7 } from '../../../shared/uuid.ts';
import { billWork, placeWorker, readDeclared } from '../../support/placed-work.ts';
import { openStaffing, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';

describe('edge/workforce/routes/staff-payments', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let worker: Worker;
  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    worker = await staffing.addWorker(tenant);
    const client = await staffing.addClient(tenant);
    const hubId = await staffing.addHub(client, tenant);
    const vendor = await staffing.addVendor(tenant);
    const invoiceId = uuidV7();
    await staffing.db.none(
      "insert into workforce.invoices (id, tenant_id, business_id, week_starts_on, status, total_cents, paid_at) values ($1, $2, $3, '2026-02-23', 'PAID', 0, now())",
      [invoiceId, tenant.id, client.businessId],
    );
    // Two of one week, of which the first is paid; one of the next week and month.
    for (const [index, workDate] of ['2026-02-27', '2026-03-01', '2026-03-02'].entries()) {
      const startsAt = new Date(Date.parse(workDate) + 12 * 3_600_000);
      const shift = await staffing.addShift(tenant, client, hubId, vendor, { startsAt });
      const assignmentId = await placeWorker(staffing, shift, worker, 'CHECKED_OUT');
      await billWork(staffing, assignmentId, {
        minutes: 60,
        amountCents: 2_500,
        workDate,
        ...(index === 0 ? { invoiceId } : {}),
      });
      const payCents = 1_000 * (index + 1);
      await staffing.db.none('update workforce.time_card_lines set pay_cents = $1 where assignment_id = $2', [
        payCents,
        assignmentId,
      ]);
    }
  });
  after(() => staffing?.stop());

  const range = 'startDate=2026-02-25&endDate=2026-03-03';
  const read = (path: string, { token } = worker) => readDeclared(staffing, path, token);

  it('sums up what the worker has earned', async () => {
    assert.deepEqual(await read(`/staff/payments/summary?${range}`), {
      startDate: '2026-02-25',
      endDate: '2026-03-03',
      totalEarningsCents: 6_000,
      paidCents: 1_000,
      pendingCents: 5_000,
      minutesWorked: 180,
      shiftsWorked: 3,
    });
  });

  it('tells it line by line, page by page, and whether it is paid', async () => {
    const first = await read(`/staff/payments/history?${range}&limit=2`);
    const second = await read(`/staff/payments/history?${range}&limit=2&cursor=${first.nextCursor}`);
    assert.deepEqual(
      [...first.items, ...second.items].map(({ date, amountCents, status }) => `${date} ${amountCents} ${status}`),
      ['2026-03-02 3000 PENDING', '2026-03-01 2000 PENDING', '2026-02-27 1000 PAID'],
    );
    assert.equal(second.nextCursor, null);
    const forged = Buffer.from(JSON.stringify(['0000-01-01', uuidV7()])).toString('base64url');
    const { token } = worker;
    const refused = await staffing.call('GET', `/staff/payments/history?${range}&cursor=${forged}`, { token });
    assert.deepEqual([refused.status, refused.body.code], [400, 'INVALID_CURSOR']);
  });

  it('draws it over days, weeks from Monday, and months, those without work too', async () => {
    const bars = async (bucket: string) =>
      (await read(`/staff/payments/chart?${range}&bucket=${bucket}`)).items.map(
        (one: { startsOn: string; amountCents: number }) => `${one.startsOn} ${one.amountCents}`,
      );
    assert.deepEqual(await bars('week'), ['2026-02-23 3000', '2026-03-02 3000']);
    assert.deepEqual(await bars('month'), ['2026-02-01 1000', '2026-03-01 5000']);
    assert.deepEqual(await bars('day'), [
      '2026-02-25 0',
      '2026-02-26 0',
      '2026-02-27 1000',
      '2026-02-28 0',
      '2026-03-01 2000',
      '2026-03-02 3000',
      '2026-03-03 0',
    ]);
  });

  it('shows when they worked', async () => {
    const { items } = await read(`/staff/profile/time-card?${range}`);
    assert.equal(items.length, 3);
    const { workDate, clockInAt, clockOutAt, payCents, minutesWorked, eventName } = items[0];
    assert.deepEqual(
      { workDate, clockInAt, clockOutAt, payCents, minutesWorked, eventName },
      {
        workDate: '2026-03-02',
        clockInAt: '2026-03-02T12:00:00.000Z',
        clockOutAt: '2026-03-02T20:00:00.000Z',
        payCents: 3_000,
        minutesWorked: 60,
        eventName: 'Gala',
      },
    );
  });

  it('is each worker’s own', async () => {
    const other = await staffing.addWorker(tenant);
    assert.deepEqual((await read(`/staff/payments/history?${range}`, other)).items, []);
    assert.deepEqual((await read(`/staff/profile/time-card?${range}`, other)).items, []);
    assert.equal((await read(`/staff/payments/summary?${range}`, other)).totalEarningsCents, 0);
  });
});
