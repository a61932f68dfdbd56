import assert from 'node:assert/strict';
import { placeWorker, readDeclared } from '../../support/placed-work.ts';
import {
  type Client,
  openStaffing,
  type ShiftFacts,
  type Staffing,
  type Tenant,
  type Vendor,
  type Worker,
} from '../../support/staffing.ts';

const hourMs = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hourMs);

describe('edge/workforce/routes/staff-home', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let client: Client;
  let hubId: string;
  let vendor: Vendor;
  let worker: Worker;
  before(async () => {
    staffing = await openStaffing();
  });
  beforeEach(async () => {
    tenant = await staffing.addTenant();
    client = await staffing.addClient(tenant);
    // Its day begins before any other's.
    hubId = await staffing.addHub(client, tenant, { timeZone: 'Pacific/Kiritimati' });
    vendor = await staffing.addVendor(tenant);
    worker = await staffing.addWorker(tenant);
  });
  after(() => staffing?.stop());

  const addShift = (facts: ShiftFacts) => staffing.addShift(tenant, client, hubId, vendor, { hours: 1, ...facts });
  const dashboard = () => readDeclared(staffing, '/staff/dashboard', worker.token);
  const ids = (shifts: { shiftId: string }[]) => shifts.map(({ shiftId }) => shiftId);

  it('tells what awaits a worker today and tomorrow, by the calendar of the place of work', async () => {
    const { midnight } = await staffing.db.one<{ midnight: Date }>(
      "select ((now() at time zone 'Pacific/Kiritimati')::date + 1)::timestamp at time zone 'Pacific/Kiritimati' as midnight",
    );
    const fromMidnight = (hours: number) => new Date(midnight.getTime() + hours * hourMs);
    const [stillThere, lateToday, tomorrow, nextDay] = [
      // Clocked in still, though it is over.
      await addShift({ startsAt: inHours(-26), hours: 25 }),
      await addShift({ startsAt: fromMidnight(-0.01), hours: 0.005 }),
      await addShift({ startsAt: midnight }),
      await addShift({ startsAt: fromMidnight(24) }),
    ];
    await placeWorker(staffing, stillThere, worker, 'CHECKED_IN');
    for (const shift of [lateToday, tomorrow, nextDay]) await placeWorker(staffing, shift, worker, 'ACCEPTED');
    const { todaysShifts, tomorrowsShifts, benefits } = await dashboard();
    assert.deepEqual(ids(todaysShifts), [stillThere.shiftId, lateToday.shiftId]);
    assert.deepEqual(ids(tomorrowsShifts), [tomorrow.shiftId]);
    assert.deepEqual(benefits, []);
  });

  it('recommends what is among the worker’s skills, then the soonest; nothing that they have no time for', async () => {
    const shifts = {
      sooner: await addShift({ startsAt: inHours(100) }),
      later: await addShift({ startsAt: inHours(200) }),
      beside: await addShift({ startsAt: inHours(200.5) }),
      skilled: await addShift({ startsAt: inHours(250) }),
      farAway: await addShift({ startsAt: inHours(15 * 24) }),
    };
    await staffing.db.none("update workforce.shift_roles set name = 'Cook' where id = $1", [shifts.skilled.roleId]);
    await staffing.db.none("update workforce.staff set skills = '{cook}' where id = $1", [worker.staffId]);
    const { skilled, sooner, later, beside } = shifts;
    assert.deepEqual(ids((await dashboard()).recommendedShifts), ids([skilled, sooner, later, beside]));

    await placeWorker(staffing, later, worker, 'ASSIGNED');
    const { recommendedShifts } = await dashboard();
    assert.deepEqual(ids(recommendedShifts), ids([skilled, sooner]));
    const body = { date: recommendedShifts[1].date, status: 'UNAVAILABLE', slots: [] };
    assert.equal((await staffing.call('PUT', '/staff/availability', { token: worker.token, body })).status, 200);
    assert.deepEqual(ids((await dashboard()).recommendedShifts), ids([skilled]));
  });
});
