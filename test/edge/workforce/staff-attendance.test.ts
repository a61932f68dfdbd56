import assert from 'node:assert/strict';
import type { AssignmentStatus } from '../../../shared/assignment-state.ts';
import { placeWorker, readDeclared } from '../../support/placed-work.ts';
import {
  type Client,
  type MadeShift,
  openStaffing,
  type ShiftFacts,
  type Staffing,
  type Tenant,
  type Vendor,
  type Worker,
} from '../../support/staffing.ts';

const hourMs = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hourMs);
const here = { latitude: 40.7128, longitude: -74.006, accuracyMeters: 12 };
/** A kilometre away. */
const away = { ...here, latitude: 40.7218 };
const tag = { nfcTagId: 'TAG-1' };

type Place = MadeShift & { assignmentId: string };

describe('edge/workforce/routes/staff-attendance', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let client: Client;
  let vendor: Vendor;
  let hubId: string;
  let worker: Worker;
  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    client = await staffing.addClient(tenant);
    vendor = await staffing.addVendor(tenant);
    hubId = await staffing.addHub(client, tenant, tag);
  });
  beforeEach(async () => {
    worker = await staffing.addWorker(tenant);
  });
  after(() => staffing?.stop());

  /** An accepted place of a worker; in half an hour unless told. */
  async function addPlace(
    facts: ShiftFacts & { hub?: string; of?: Worker; status?: AssignmentStatus } = {},
  ): Promise<Place> {
    const { hub = hubId, of = worker, status = 'ACCEPTED', ...rest } = facts;
    const shift = await staffing.addShift(tenant, client, hub, vendor, { startsAt: inHours(0.5), needed: 1, ...rest });
    const assignmentId = await placeWorker(staffing, shift, of, status);
    await staffing.db.none("update workforce.shift_roles set workers_booked = 1 where id = $1 and $2 <> 'PENDING'", [
      shift.roleId,
      status,
    ]);
    return { ...shift, assignmentId };
  }
  const clock = (way: 'in' | 'out', { assignmentId }: Place, shown: object, { token } = worker) =>
    staffing.call('POST', `/staff/clock-${way}`, { token, body: { assignmentId, ...shown } });
  const read = (path: string) => readDeclared(staffing, path, worker.token);
  const outcome = (answer: { status: number; body: { code?: string; clockInMethod?: string } }) =>
    answer.status === 200 ? answer.body.clockInMethod : `${answer.status} ${answer.body.code}`;
  const statusOf = async (table: 'assignments' | 'shifts' | 'orders', id: string) =>
    (await staffing.db.one('select status from workforce.$1:name where id = $2', [table, id])).status;

  it('takes a worker in and out, moves all that depends on it, and writes the time card', async () => {
    const place = await addPlace({ startsAt: inHours(-2), rateCents: 2_500 });
    assert.deepEqual((await read('/staff/clock-in/status')).clockedIn, false);
    const entered = await clock('in', place, here);
    assert.equal(entered.status, 200);
    const { attendanceId } = entered.body;
    assert.deepEqual(
      [entered.body.status, entered.body.clockInMethod, entered.body.distanceMeters, entered.body.late],
      ['OPEN', 'GEO', 0, true],
    );
    assert.deepEqual(
      [
        await statusOf('assignments', place.assignmentId),
        await statusOf('shifts', place.shiftId),
        await statusOf('orders', place.orderId),
      ],
      ['CHECKED_IN', 'ACTIVE', 'ACTIVE'],
    );
    const during = await read('/staff/clock-in/status');
    assert.deepEqual(
      [during.clockedIn, during.attendance.attendanceId, during.shift.status],
      [true, attendanceId, 'CHECKED_IN'],
    );

    await staffing.db.none(
      "update workforce.attendance set clock_in_at = clock_in_at - interval '100 minutes' where id = $1",
      [attendanceId],
    );
    const left = await clock('out', place, tag);
    assert.equal(left.status, 200);
    assert.deepEqual(
      [left.body.status, left.body.clockOutMethod, left.body.timeCard.minutesWorked],
      ['CLOSED', 'NFC', 100],
    );
    // 1800 ¢ an hour for 100 minutes.
    assert.equal(left.body.timeCard.payCents, 3_000);
    assert.equal(await statusOf('assignments', place.assignmentId), 'CHECKED_OUT');
    const line = await staffing.db.one('select * from workforce.time_card_lines where assignment_id = $1', [
      place.assignmentId,
    ]);
    assert.deepEqual(
      [line.minutes, line.amountCents, line.payCents, line.savingCents, line.invoiceId],
      [100, 4_167, 3_000, 833, null],
    );
    assert.equal((await clock('out', place, tag)).body.code, 'NOT_CLOCKED_IN');
    assert.equal((await clock('in', place, here)).body.code, 'ALREADY_CLOCKED_IN');
  });

  it('asks of a worker what the shift asks, else the hub, else either', async () => {
    const modes = {
      shift: ['NFC_REQUIRED', 'GEO_REQUIRED', 'EITHER', null],
      hub: ['NFC_REQUIRED', 'GEO_REQUIRED', 'EITHER'],
    };
    const expected = {
      NFC_REQUIRED: ['NFC', '403 NFC_REQUIRED', '403 NFC_REQUIRED'],
      GEO_REQUIRED: ['400 GEO_REQUIRED', 'GEO', '400 GEO_REQUIRED'],
      EITHER: ['NFC', 'GEO', '400 NFC_OR_GEO_REQUIRED'],
    };
    for (const ofHub of modes.hub) {
      // A tag hangs in one place only.
      const nfcTagId = `TAG-${ofHub}`;
      const hub = await staffing.addHub(client, tenant, { nfcTagId, clockInMode: ofHub });
      for (const ofShift of modes.shift) {
        const outcomes: unknown[] = [];
        for (const shown of [{ nfcTagId }, here, {}]) {
          worker = await staffing.addWorker(tenant);
          const place = await addPlace({ hub });
          await staffing.db.none('update workforce.shifts set clock_in_mode = $1 where id = $2', [
            ofShift,
            place.shiftId,
          ]);
          outcomes.push(outcome(await clock('in', place, shown)));
        }
        assert.deepEqual(outcomes, expected[(ofShift ?? ofHub) as keyof typeof expected], `${ofShift} at ${ofHub}`);
      }
    }
  });

  it('refuses a wrong tag always, even with a good position and a reason', async () => {
    const place = await addPlace();
    const wrong = { nfcTagId: 'TAG-2', ...here, overrideReason: 'The tag is broken' };
    assert.equal(outcome(await clock('in', place, wrong)), '403 NFC_MISMATCH');
    assert.equal(outcome(await clock('in', place, here)), 'GEO');
    assert.equal(outcome(await clock('out', place, wrong)), '403 NFC_MISMATCH');
    assert.equal(await statusOf('assignments', place.assignmentId), 'CHECKED_IN');
  });

  it('lets nobody in from outside the fence without a reason, nor with one where the tenant does not allow it', async () => {
    const place = await addPlace();
    const refused = await clock('in', place, away);
    assert.equal(outcome(refused), '403 OUTSIDE_GEOFENCE');
    assert.ok(Math.abs(refused.body.details.distanceMeters - 1_000) < 10);
    const reason = { ...away, overrideReason: 'The gate is on the other side' };
    await staffing.db.none('update workforce.tenants set clock_in_override = false where id = $1', [tenant.id]);
    try {
      assert.equal(outcome(await clock('in', place, reason)), '403 OUTSIDE_GEOFENCE');
    } finally {
      await staffing.db.none('update workforce.tenants set clock_in_override = true where id = $1', [tenant.id]);
    }
    const entered = await clock('in', place, reason);
    assert.deepEqual(
      [entered.body.clockInMethod, entered.body.overrideReason],
      ['OVERRIDE', 'The gate is on the other side'],
    );
    // A reason that was not needed is not kept.
    worker = await staffing.addWorker(tenant);
    const near = await clock('in', await addPlace(), { ...here, overrideReason: 'Just in case' });
    assert.deepEqual([near.body.clockInMethod, near.body.overrideReason], ['GEO', null]);
  });

  it('refuses coordinates that are none, and half of a pair', async () => {
    const place = await addPlace();
    for (const shown of [
      { latitude: 90.1, longitude: 0 },
      { latitude: 0, longitude: -180.5 },
      { latitude: '40.7', longitude: -74 },
      { latitude: 40.7 },
      { longitude: -74 },
      { accuracyMeters: 5 },
      { ...here, accuracyMeters: -1 },
      { nfcTagId: '' },
      { ...here, mood: 'good' },
    ])
      assert.equal(outcome(await clock('in', place, shown)), '400 INVALID', JSON.stringify(shown));
    assert.equal(await statusOf('assignments', place.assignmentId), 'ACCEPTED');
  });

  it('takes workers in from an hour before the start to the end, and only those who have a place', async () => {
    const window = async (inStart: number, hours: number) =>
      outcome(
        await clock(
          'in',
          await addPlace({ startsAt: inHours(inStart), hours, of: (worker = await staffing.addWorker(tenant)) }),
          here,
        ),
      );
    assert.equal(await window(1.02, 2), '409 CLOCK_IN_WINDOW');
    assert.equal(await window(0.98, 2), 'GEO');
    assert.equal(await window(-2, 2.05), 'GEO');
    assert.equal(await window(-2, 1.98), '409 CLOCK_IN_WINDOW');
    for (const status of ['PENDING', 'DECLINED', 'CANCELLED', 'NO_SHOW'] as const) {
      worker = await staffing.addWorker(tenant);
      assert.equal(outcome(await clock('in', await addPlace({ status }), here)), '409 NOT_ASSIGNED', status);
    }
    worker = await staffing.addWorker(tenant);
    assert.equal(outcome(await clock('in', await addPlace({ status: 'ASSIGNED' }), here)), 'GEO');
  });

  it('opens one session of one worker, however often and wherever they clock in at once', async () => {
    const place = await addPlace({ startsAt: inHours(-1), hours: 1.5 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => clock('in', place, here)));
    assert.deepEqual(answers.map(outcome).toSorted(), [...Array<string>(7).fill('409 ALREADY_CLOCKED_IN'), 'GEO']);
    const next = await addPlace({ startsAt: inHours(0.5), hours: 2 });
    assert.equal(outcome(await clock('in', next, here)), '409 ATTENDANCE_SESSION_EXISTS');

    const out = await Promise.all(Array.from({ length: 8 }, () => clock('out', place, here)));
    assert.deepEqual(out.map(({ status }) => status).toSorted(), [200, ...Array<number>(7).fill(409)]);
    const { lines } = await staffing.db.one(
      'select count(*) as lines from workforce.time_card_lines where staff_id = $1',
      [worker.staffId],
    );
    assert.equal(lines, 1);
    assert.equal(outcome(await clock('in', next, here)), 'GEO');

    worker = await staffing.addWorker(tenant);
    const two = [
      await addPlace({ startsAt: inHours(-1), hours: 1.5 }),
      await addPlace({ startsAt: inHours(0.5), hours: 2 }),
    ];
    const both = await Promise.all(two.map(one => clock('in', one, here)));
    assert.deepEqual(both.map(outcome).toSorted(), ['409 ATTENDANCE_SESSION_EXISTS', 'GEO']);
  });

  it('lets a worker out who shows nothing, but not one who shows that they are elsewhere', async () => {
    const place = await addPlace({ startsAt: inHours(-1) });
    await clock('in', place, tag);
    assert.equal(outcome(await clock('out', place, away)), '403 OUTSIDE_GEOFENCE');
    const left = await clock('out', place, {});
    assert.deepEqual([left.status, left.body.clockOutMethod], [200, null]);
  });

  it('counts the hours of a night as they passed, on the day it began, when the clocks change too', async () => {
    // Shifts of long ago, from the evening to the morning in New York: in a usual night, and where an hour is missing or twice.
    const nights = [
      { startsAt: '2026-02-02T04:00:00Z', endsAt: '2026-02-02T10:00:00Z', date: '2026-02-01', hours: 6 },
      { startsAt: '2026-03-08T04:00:00Z', endsAt: '2026-03-08T09:00:00Z', date: '2026-03-07', hours: 5 },
      { startsAt: '2026-11-01T03:00:00Z', endsAt: '2026-11-01T10:00:00Z', date: '2026-10-31', hours: 7 },
    ];
    for (const night of nights) {
      worker = await staffing.addWorker(tenant);
      const place = await addPlace();
      await clock('in', place, here);
      const times = [night.startsAt, night.endsAt, place.assignmentId, place.roleId];
      await staffing.db.none('update workforce.assignments set starts_at = $1, ends_at = $2 where id = $3', times);
      await staffing.db.none(
        `update workforce.shift_roles set starts_at = $1, ends_at = $2, lunch_break_minutes = 30 where id = $4`,
        times,
      );
      await staffing.db.none('update workforce.attendance set clock_in_at = $1 where assignment_id = $3', times);
      const { body } = await clock('out', place, here);
      // The clock-out was forgotten: four hours past the end count, and no more.
      assert.equal(body.timeCard.minutesWorked, (night.hours + 4) * 60 - 30, night.date);
      assert.equal(body.timeCard.workDate, night.date);
    }
  });

  it('is nobody else’s: another worker, another tenant, a client', async () => {
    const place = await addPlace();
    const other = await staffing.addWorker(tenant);
    const elsewhere = await staffing.addTenant();
    const stranger = await staffing.addWorker(elsewhere);
    for (const one of [other, stranger]) {
      assert.equal((await clock('in', place, here, one)).status, 404);
      assert.equal((await clock('out', place, here, one)).status, 404);
    }
    assert.equal((await clock('in', place, here, client as unknown as Worker)).status, 403);
  });

  it('shows where to clock in today, and from when', async () => {
    const [soon, far] = [
      await addPlace({ startsAt: inHours(0.5), hours: 1 }),
      await addPlace({ startsAt: inHours(60) }),
    ];
    const { items } = await read('/staff/clock-in/shifts/today');
    const [item] = items;
    assert.deepEqual(
      [items.length, item.assignmentId, item.canClockIn, item.radiusMeters],
      [1, soon.assignmentId, true, 150],
    );
    assert.equal(Date.parse(item.startsAt) - Date.parse(item.clockInOpensAt), hourMs);
    assert.notEqual(far.assignmentId, item.assignmentId);
    await clock('in', soon, here);
    const [checkedIn] = (await read('/staff/clock-in/shifts/today')).items;
    assert.deepEqual([checkedIn.status, checkedIn.canClockIn], ['CHECKED_IN', false]);
  });
});
