import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { swapExpiry } from '../../../shared/jobs/swap-expiry.ts';
import { shiftClose } from '../../../shared/jobs/shift-close.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { transact } from '../../../db/transact.ts';
import { eventually } from '../../support/eventually.ts';
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

describe('edge/workforce/routes/staff-shifts', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let client: Client;
  let hubId: string;
  let vendor: Vendor;
  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    client = await staffing.addClient(tenant);
    hubId = await staffing.addHub(client, tenant);
    vendor = await staffing.addVendor(tenant);
  });
  after(() => staffing?.stop());

  const addShift = (facts: ShiftFacts = {}) =>
    staffing.addShift(tenant, client, hubId, vendor, { needed: 1, instantBook: true, ...facts });
  const look = (worker: Worker, path: string) => staffing.call('GET', path, { token: worker.token });
  const read = (worker: Worker, path: string) => readDeclared(staffing, path, worker.token);
  const act = (worker: Worker, { shiftId }: MadeShift, verb: string, body?: unknown, key?: string) =>
    staffing.call('POST', `/staff/shifts/${shiftId}/${verb}`, {
      token: worker.token,
      ...(body === undefined ? {} : { body }),
      ...(key === undefined ? {} : { key }),
    });
  const apply = (worker: Worker, shift: MadeShift, more: object = { instantBook: true }) =>
    act(worker, shift, 'apply', { roleId: shift.roleId, ...more });
  const refused = (answer: { status: number; body: { code: string } }) => [answer.status, answer.body.code];
  async function run(spec: typeof swapExpiry | typeof shiftClose): Promise<unknown> {
    const { db, dispatch } = staffing.spine;
    const { id } = await transact({ db, dispatch }, tx =>
      insertJob(tx, spec, {}, { owner: 'system', requestId: randomUUID() }),
    );
    return eventually(async () => {
      const job = await db.one('select state, result from core.jobs where id = $1', [id]);
      assert.equal(job.state, 'succeeded');
      return job.result;
    });
  }

  it('takes a worker from an open shift to a place that they have accepted', async () => {
    const worker = await staffing.addWorker(tenant);
    const shift = await addShift({ startsAt: inHours(30) });
    const open = await read(worker, '/staff/shifts/open?limit=100');
    const item = open.items.find((one: { roleId: string }) => one.roleId === shift.roleId);
    assert.deepEqual([item.placesLeft, item.instantBook, item.payRateCents], [1, true, 1_800]);
    assert.equal('rateCents' in item, false);

    const applied = await apply(worker, shift);
    assert.equal(applied.status, 200);
    assert.deepEqual([applied.body.status, applied.body.roleId], ['ASSIGNED', shift.roleId]);
    assert.ok(applied.body.requestId);
    const accepted = await act(worker, shift, 'accept');
    assert.deepEqual([accepted.status, accepted.body.status], [200, 'ACCEPTED']);
    assert.equal(accepted.body.assignmentId, applied.body.assignmentId);
    assert.deepEqual(refused(await act(worker, shift, 'accept')), [409, 'NOT_ASSIGNED']);

    const assigned = await read(worker, '/staff/shifts/assigned');
    assert.deepEqual(
      assigned.items.map((one: { assignmentId: string }) => one.assignmentId),
      [applied.body.assignmentId],
    );
    const shown = await read(worker, `/staff/shifts/${shift.shiftId}`);
    assert.deepEqual([shown.status, shown.roles[0].placesLeft, shown.assignments[0].status], ['FILLED', 0, 'ACCEPTED']);
    const left = await read(worker, '/staff/shifts/open?limit=100');
    assert.ok(!left.items.some((one: { roleId: string }) => one.roleId === shift.roleId));
  });

  it('lets an application wait where the role is not booked instantly, or that was not asked for', async () => {
    const worker = await staffing.addWorker(tenant);
    const [slow, fast] = [await addShift({ instantBook: false }), await addShift()];
    assert.equal((await apply(worker, slow)).body.status, 'PENDING');
    assert.equal((await apply(worker, fast, {})).body.status, 'PENDING');
    assert.deepEqual(refused(await act(worker, slow, 'accept')), [409, 'NOT_ASSIGNED']);
    assert.deepEqual(refused(await apply(worker, slow)), [409, 'ALREADY_APPLIED']);
    const body = await read(worker, '/staff/shifts/pending');
    assert.equal(body.items.length, 2);
    assert.equal((await act(worker, slow, 'decline')).body.status, 'DECLINED');
    assert.equal((await read(worker, '/staff/shifts/pending')).items.length, 1);
    assert.equal((await read(worker, '/staff/shifts/cancelled')).items[0].status, 'DECLINED');
  });

  it('refuses what is full, what overlaps, what has begun, and what is cancelled', async () => {
    const [first, second] = [await staffing.addWorker(tenant), await staffing.addWorker(tenant)];
    const shift = await addShift({ startsAt: inHours(40) });
    assert.equal((await apply(first, shift)).status, 200);
    assert.deepEqual(refused(await apply(second, shift)), [409, 'SHIFT_FULL']);
    const beside = await addShift({ startsAt: inHours(47.9) });
    assert.deepEqual(refused(await apply(first, beside)), [409, 'SHIFT_OVERLAP']);
    assert.deepEqual(refused(await apply(second, await addShift({ startsAt: inHours(-1) }))), [409, 'SHIFT_NOT_OPEN']);
    const cancelled = await addShift();
    await staffing.db.none("update workforce.shifts set status = 'CANCELLED' where id = $1", [cancelled.shiftId]);
    assert.deepEqual(refused(await apply(second, cancelled)), [409, 'SHIFT_NOT_OPEN']);
    // Declining frees the place, and the time.
    assert.equal((await act(first, shift, 'decline')).body.status, 'DECLINED');
    assert.equal((await apply(second, shift)).body.status, 'ASSIGNED');
    assert.equal((await apply(first, beside)).body.status, 'ASSIGNED');
  });

  it('gives the last place to exactly one of fifty who ask over HTTP at once', async () => {
    const shift = await addShift({ startsAt: inHours(60) });
    const workers = await Promise.all(Array.from({ length: 50 }, () => staffing.addWorker(tenant)));
    const answers = await Promise.all(workers.map(worker => apply(worker, shift)));
    const outcomes = answers.map(({ status, body }) => (status === 200 ? body.status : body.code)).toSorted();
    assert.deepEqual(outcomes, ['ASSIGNED', ...Array<string>(49).fill('SHIFT_FULL')]);
  });

  it('answers a repeated key with the first answer, and does nothing again', async () => {
    const worker = await staffing.addWorker(tenant);
    const shift = await addShift({ needed: 2 });
    const key = randomUUID();
    const body = { roleId: shift.roleId, instantBook: true };
    const first = await act(worker, shift, 'apply', body, key);
    const again = await act(worker, shift, 'apply', body, key);
    assert.deepEqual([again.status, again.body.assignmentId], [200, first.body.assignmentId]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const without = await staffing.call('POST', `/staff/shifts/${shift.shiftId}/apply`, {
      token: worker.token,
      body,
      key: null,
    });
    assert.deepEqual(refused(without), [400, 'MISSING_IDEMPOTENCY_KEY']);
  });

  it('hands a place on by a swap: the new worker has it at once, the old one is told', async () => {
    const [old, taker, late] = [
      await staffing.addWorker(tenant),
      await staffing.addWorker(tenant),
      await staffing.addWorker(tenant),
    ];
    const shift = await addShift({ startsAt: inHours(20), instantBook: false, needed: 1 });
    assert.equal((await apply(old, shift)).body.status, 'PENDING');
    await staffing.db.none("update workforce.assignments set status = 'ACCEPTED' where staff_id = $1", [old.staffId]);
    await staffing.db.none('update workforce.shift_roles set workers_booked = 1 where id = $1', [shift.roleId]);
    assert.deepEqual(refused(await act(old, shift, 'request-swap', {})), [400, 'INVALID']);
    const asked = await act(old, shift, 'request-swap', { reason: 'My child is ill' });
    assert.deepEqual([asked.body.status, asked.body.swap.reason], ['SWAP_REQUESTED', 'My child is ill']);

    const open = await read(taker, '/staff/shifts/open?limit=100');
    const item = open.items.find((one: { roleId: string }) => one.roleId === shift.roleId);
    assert.deepEqual([item.placesLeft, item.swapsOffered], [0, 1]);
    const { body: taken } = await apply(taker, shift, { instantBook: false });
    assert.deepEqual([taken.status, taken.replacesAssignmentId], ['ASSIGNED', asked.body.assignmentId]);
    assert.deepEqual(refused(await apply(late, shift)), [409, 'SHIFT_FULL']);
    const { workersBooked } = await staffing.db.one('select workers_booked from workforce.shift_roles where id = $1', [
      shift.roleId,
    ]);
    assert.equal(workersBooked, 1);
    const told = await staffing.db.one('select type, data from workforce.notifications where user_id = $1', [
      old.userId,
    ]);
    assert.deepEqual([told.type, told.data.shiftId], ['SWAP_TAKEN', shift.shiftId]);
    assert.equal((await read(old, '/staff/shifts/cancelled')).items[0].status, 'CANCELLED');
  });

  it('lets a swap be asked for until four hours before the start, and gives it back untaken', async () => {
    const worker = await staffing.addWorker(tenant);
    const [soon, later, next] = [
      await addShift({ startsAt: inHours(3), hours: 0.5 }),
      await addShift({ startsAt: inHours(6), hours: 1 }),
      await addShift({ startsAt: inHours(30) }),
    ];
    for (const shift of [soon, later, next]) {
      await apply(worker, shift);
      await act(worker, shift, 'accept');
    }
    const reason = { reason: 'A wedding' };
    assert.deepEqual(refused(await act(worker, soon, 'request-swap', reason)), [409, 'TOO_LATE_TO_SWAP']);
    assert.equal((await act(worker, later, 'request-swap', reason)).body.status, 'SWAP_REQUESTED');
    assert.equal((await act(worker, next, 'request-swap', reason)).body.status, 'SWAP_REQUESTED');
    assert.deepEqual(await run(swapExpiry), { returned: 0 });
    await staffing.db.none(
      `update workforce.assignments set starts_at = now() + interval '4 hours', ends_at = now() + interval '5 hours' where shift_id = $1`,
      [later.shiftId],
    );
    assert.deepEqual(await run(swapExpiry), { returned: 1 });
    const body = await read(worker, '/staff/shifts/assigned');
    assert.deepEqual(
      body.items.map((one: { status: string }) => one.status),
      ['ACCEPTED', 'ACCEPTED', 'SWAP_REQUESTED'],
    );
    const told = await staffing.db.one('select type from workforce.notifications where user_id = $1', [worker.userId]);
    assert.equal(told.type, 'SWAP_RETURNED');
  });

  it('completes shifts that are over: who never came is a no-show, and nothing is left open', async () => {
    const [came, stayedAway] = [await staffing.addWorker(tenant), await staffing.addWorker(tenant)];
    const shift = await addShift({ startsAt: inHours(-10), hours: 8, needed: 2 });
    const going = await addShift({ startsAt: inHours(-2), hours: 8, needed: 1 });
    await placeWorker(staffing, shift, came, 'CHECKED_OUT');
    await placeWorker(staffing, shift, stayedAway, 'ACCEPTED');
    await staffing.db.none('update workforce.shift_roles set workers_booked = 2 where id = $1', [shift.roleId]);
    await run(shiftClose);
    const statusOf = async (id: string) =>
      (await staffing.db.one('select status from workforce.shifts where id = $1', [id])).status;
    assert.deepEqual([await statusOf(shift.shiftId), await statusOf(going.shiftId)], ['COMPLETED', 'OPEN']);
    assert.equal((await read(stayedAway, '/staff/shifts/cancelled')).items[0].status, 'NO_SHOW');
    assert.equal((await read(came, '/staff/shifts/completed')).items[0].status, 'CHECKED_OUT');
    assert.deepEqual(await run(shiftClose), { closed: 0 });
  });

  it('pages its lists without losing or repeating one', async () => {
    const other = await staffing.addTenant();
    const customer = await staffing.addClient(other);
    const hall = await staffing.addHub(customer, other);
    const supplier = await staffing.addVendor(other);
    const worker = await staffing.addWorker(other);
    const startsAt = inHours(50);
    // Three at the very same moment: their ids decide.
    for (const hours of [0, 0, 0, 24, 48])
      await staffing.addShift(other, customer, hall, supplier, {
        startsAt: new Date(startsAt.getTime() + hours * hourMs),
        needed: 1,
      });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const body = await read(worker, `/staff/shifts/open?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map((one: { roleId: string }) => one.roleId));
      cursor = body.nextCursor;
    }
    assert.deepEqual([seen.length, new Set(seen).size], [5, 5]);
    const forged = Buffer.from(JSON.stringify(['0000-01-01T00:00:00Z', randomUUID()])).toString('base64url');
    for (const none of ['nonsense', forged])
      assert.deepEqual(refused(await look(worker, `/staff/shifts/open?cursor=${none}`)), [400, 'INVALID_CURSOR']);
  });

  it('shows nobody the shifts of another tenant, nor what is none of their business', async () => {
    const shift = await addShift();
    const full = await addShift({ startsAt: inHours(70) });
    const [insider, holder] = [await staffing.addWorker(tenant), await staffing.addWorker(tenant)];
    await apply(holder, full);
    assert.equal((await look(insider, `/staff/shifts/${full.shiftId}`)).status, 404);
    assert.equal((await act(insider, full, 'accept')).status, 404);
    assert.equal((await act(insider, full, 'decline')).status, 404);
    const elsewhere = await staffing.addTenant();
    const stranger = await staffing.addWorker(elsewhere);
    assert.equal((await look(stranger, `/staff/shifts/${shift.shiftId}`)).status, 404);
    assert.equal((await apply(stranger, shift)).status, 404);
    assert.deepEqual((await read(stranger, '/staff/shifts/open')).items, []);
    // A role of another shift is no role of this one.
    const mixed = await act(insider, shift, 'apply', { roleId: full.roleId, instantBook: true });
    assert.equal(mixed.status, 404);
    assert.equal((await staffing.call('GET', '/staff/shifts/open', { token: client.token })).status, 403);
  });
});
