import assert from 'node:assert/strict';
import { uuidV7 } from '../../../shared/uuid.ts';
import { addDays } from '../../../shared/warranty.ts';
import { weekDayOf } from '../../../shared/recurrence.ts';
import { addRole, addWorkers, billWork, cancelShift, placeWorker, readDeclared } from '../../support/placed-work.ts';
import {
  type Client,
  type MadeShift,
  openStaffing,
  type Staffing,
  type Tenant,
  type Vendor,
  type Worker,
} from '../../support/staffing.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** So many hours ahead of UTC: the sign of these names is that of POSIX. */
const zoneAhead = (hours: number) => `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;

describe("a client's reads", function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let vendor: Vendor;
  let client: Client;
  let stranger: Client;
  let foreigner: Client;
  let workers: Worker[];
  const read = (path: string, as: Client = client) => readDeclared(staffing, path, as.token);
  const at = (worker: number) => workers[worker - 1] as Worker;

  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    vendor = await staffing.addVendor(tenant);
    client = await staffing.addClient(tenant);
    stranger = await staffing.addClient(tenant);
    const other = await staffing.addTenant();
    foreigner = await staffing.addClient(other);
    workers = await addWorkers(staffing, tenant, 12);
    // What others have, much of it, is to show nowhere.
    for (const [who, of] of [
      [stranger, tenant],
      [foreigner, other],
    ] as const) {
      const hub = await staffing.addHub(who, of);
      const by = await staffing.addVendor(of);
      const shift = await staffing.addShift(of, who, hub, by, { startsAt: new Date(Date.now() - hourMs), needed: 90 });
      const coming = { startsAt: new Date(Date.now() + 2 * dayMs), needed: 90 };
      await staffing.addShift(of, who, hub, by, coming);
      const worker = await staffing.addWorker(of);
      const work = await placeWorker(staffing, shift, worker, 'CHECKED_OUT', { late: true });
      await billWork(staffing, work, { minutes: 480, amountCents: 9_999_999, savingCents: 9_999_999 });
    }
  });
  after(() => staffing?.stop());

  describe('of today', () => {
    // At one hub it is about noon, at the other another date, and no hour in which the date could change under the test.
    const utcHour = new Date().getUTCHours();
    const noonAhead = 12 - utcHour;
    const isYesterday = noonAhead >= 2;
    const otherAhead = isYesterday ? noonAhead - 14 : noonAhead + 13;
    const today = new Date(Date.now() + noonAhead * hourMs).toISOString().slice(0, 10);
    let running: MadeShift;
    let afternoon: MadeShift;
    let elsewhere: MadeShift;
    let elsewhereOnOurDate: MadeShift;

    before(async () => {
      const noon = await staffing.addHub(client, tenant, { timeZone: zoneAhead(noonAhead) });
      const other = await staffing.addHub(client, tenant, { timeZone: zoneAhead(otherAhead) });
      const add = (hub: string, inHours: number, needed: number, hours = 8) => {
        const startsAt = new Date(Date.now() + inHours * hourMs);
        return staffing.addShift(tenant, client, hub, vendor, { startsAt, needed, hours, rateCents: 3_000 });
      };
      running = await add(noon, -2, 4);
      await placeWorker(staffing, running, at(1), 'CHECKED_IN');
      await placeWorker(staffing, running, at(2), 'CHECKED_IN', { late: true });
      await placeWorker(staffing, running, at(3), 'ACCEPTED');
      await placeWorker(staffing, running, at(4), 'NO_SHOW');
      afternoon = await add(noon, 2, 2);
      await placeWorker(staffing, afternoon, at(5), 'ACCEPTED');
      await placeWorker(staffing, afternoon, at(6), 'ASSIGNED');
      await placeWorker(staffing, afternoon, at(7), 'PENDING');
      await placeWorker(staffing, afternoon, at(8), 'DECLINED');
      const cancelled = await add(noon, 3, 50);
      await placeWorker(staffing, cancelled, at(9), 'CANCELLED');
      await cancelShift(staffing, cancelled);
      elsewhere = await add(other, -0.5, 1, 0.25);
      const gone = await placeWorker(staffing, elsewhere, at(10), 'CHECKED_OUT');
      elsewhereOnOurDate = await add(other, isYesterday ? 3 : -3, 7, 1);
      await placeWorker(staffing, elsewhereOnOurDate, at(11), 'ACCEPTED');
      // In the projection: tomorrow with an unpaid break, and the seventh day; not the eighth, and nothing that is cancelled.
      const tomorrow = await add(noon, 24, 1);
      await addRole(staffing, tomorrow, { name: 'Cook', needed: 2, rateCents: 3_001, lunchBreakMinutes: 45 });
      await addRole(staffing, tomorrow, {
        name: 'Host',
        needed: 1,
        rateCents: 2_000,
        lunchBreakMinutes: 45,
        paidBreak: true,
      });
      await add(noon, 7 * 24, 1);
      await add(noon, 8 * 24, 40);
      await cancelShift(staffing, await add(noon, 48, 40));
      // This week's time cards, and last Sunday's.
      const monday = addDays(today, 1 - weekDayOf(today));
      const lines = [
        { worker: 1, workDate: today, amountCents: 10_000, savingCents: 700 },
        { worker: 2, workDate: monday, amountCents: 2_345, savingCents: -100 },
        { worker: 3, workDate: addDays(monday, -1), amountCents: 50_000, savingCents: 1_000 },
      ];
      for (const { worker, ...line } of lines) {
        const shift = await add(noon, -24 * 30 - 10 * worker, 1);
        const work = await placeWorker(staffing, shift, at(worker), 'COMPLETED');
        await billWork(staffing, work, { minutes: 60, ...line });
      }
      await billWork(staffing, gone, { minutes: 15, amountCents: 750 });
    });

    it('tell on the dashboard what is spent, filled and going on, each hub by its own clock', async () => {
      // The other hub's clock may show last Sunday; and what is done there on our date may be its tomorrow.
      const otherToday = new Date(Date.now() + otherAhead * hourMs).toISOString().slice(0, 10);
      assert.notEqual(otherToday, today);
      const cook = Math.floor((435 * 3_001 + 30) / 60);
      const projection = 24_000 + 2 * cook + 16_000 + 24_000 + (isYesterday ? 7 * 3_000 : 0);
      assert.deepEqual(await read('/client/dashboard'), {
        spending: { weeklySpendCents: 10_000 + 2_345 + 750, projectionNext7DaysCents: projection },
        coverage: { neededWorkersToday: 7, filledWorkersToday: 6, coverageRate: 85.7 },
        liveActivity: { lateWorkersToday: 2, checkedInWorkersToday: 3 },
      });
    });

    it('count a day by the date of each hub when one is asked for', async () => {
      assert.deepEqual(await read('/client/coverage/stats'), {
        needed: 7,
        confirmed: 6,
        checkedIn: 3,
        enRoute: 1,
        late: 2,
        coveragePercent: 85.7,
      });
      assert.deepEqual(await read(`/client/coverage/stats?date=${today}`), {
        needed: 13,
        confirmed: 6,
        checkedIn: 2,
        enRoute: isYesterday ? 2 : 1,
        late: isYesterday ? 2 : 3,
        coveragePercent: 46.2,
      });
      assert.deepEqual(await read('/client/coverage/stats?date=2020-01-01'), {
        needed: 0,
        confirmed: 0,
        checkedIn: 0,
        enRoute: 0,
        late: 0,
        coveragePercent: 100,
      });
    });

    it('show who works each shift of today, and whether they are there', async () => {
      const { items, nextCursor } = await read('/client/coverage');
      assert.equal(nextCursor, null);
      assert.deepEqual(
        new Set(items.map((item: { shiftId: string }) => item.shiftId)),
        new Set([running.shiftId, afternoon.shiftId, elsewhere.shiftId]),
      );
      const shift = items.find((item: { shiftId: string }) => item.shiftId === running.shiftId);
      assert.deepEqual(
        [shift.date, shift.workersNeeded, shift.workersConfirmed, shift.coveragePercent, shift.eventName],
        [today, 4, 3, 75, 'Gala'],
      );
      const [role] = shift.roles;
      assert.deepEqual(
        role.workers.map(({ fullName, status, checkIn, late, clockInAt, clockOutAt }: Record<string, unknown>) => [
          fullName,
          status,
          checkIn,
          late,
          clockInAt !== null,
          clockOutAt !== null,
        ]),
        [
          ['Worker 1', 'CHECKED_IN', 'CHECKED_IN', false, true, false],
          ['Worker 2', 'CHECKED_IN', 'CHECKED_IN', true, true, false],
          ['Worker 3', 'ACCEPTED', 'LATE', true, false, false],
          ['Worker 4', 'NO_SHOW', 'NO_SHOW', false, false, false],
        ],
      );
      const later = items.find((item: { shiftId: string }) => item.shiftId === afternoon.shiftId);
      assert.deepEqual(
        later.roles[0].workers.map((worker: Record<string, unknown>) => [worker['fullName'], worker['checkIn']]),
        [
          ['Worker 5', 'EXPECTED'],
          ['Worker 6', 'EXPECTED'],
        ],
      );
      const ended = items.find((item: { shiftId: string }) => item.shiftId === elsewhere.shiftId);
      assert.equal(ended.roles[0].workers[0].checkIn, 'CHECKED_OUT');
    });

    it('say what the next bill comes to, what was saved, and what each kind of work cost', async () => {
      assert.deepEqual(await read('/client/billing/current-bill'), { currentBillCents: 10_000 + 2_345 + 50_000 + 750 });
      assert.deepEqual(await read('/client/billing/savings'), { savingsCents: 1_600 });
      const range = `startDate=${addDays(today, -20)}&endDate=${addDays(today, 1)}`;
      const { items } = await read(`/client/billing/spend-breakdown?${range}`);
      assert.deepEqual(items, [{ category: 'Server', amountCents: 63_095, percentage: 100 }]);
    });
  });

  describe('of other days', () => {
    let hub: string;
    const made: MadeShift[] = [];
    before(async () => {
      hub = await staffing.addHub(client, tenant);
      const add = (startsAt: string) =>
        staffing.addShift(tenant, client, hub, vendor, { startsAt: new Date(startsAt), needed: 3, rateCents: 2_500 });
      // In New York the first begins on the 9th; three begin at once.
      made.push(await add('2026-03-10T03:00:00Z'));
      for (let n = 0; n < 3; n += 1) made.push(await add('2026-03-10T13:00:00.123Z'));
      made.push(await add('2026-03-12T13:00:00Z'));
      await placeWorker(staffing, made[1]!, at(1), 'COMPLETED');
      await placeWorker(staffing, made[2]!, at(2), 'NO_SHOW');
      await cancelShift(staffing, made[4]!);
    });

    it('page through the shifts of orders without a gap or a repeat', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages < 10; pages += 1) {
        const place: string = cursor === null ? '' : `&cursor=${cursor}`;
        const page = await read(`/client/orders/view?startDate=2026-03-09&endDate=2026-03-12&limit=2${place}`);
        seen.push(...page.items.map((item: { shiftId: string }) => item.shiftId));
        cursor = page.nextCursor;
        if (cursor === null) break;
      }
      assert.equal(seen.length, 5);
      assert.deepEqual(new Set(seen), new Set(made.map(({ shiftId }) => shiftId)));
      assert.deepEqual([seen[0], seen[4]], [made[0]!.shiftId, made[4]!.shiftId]);
    });

    it('take the local date of a shift, and tell what it costs', async () => {
      const { items } = await read('/client/orders/view?startDate=2026-03-09&endDate=2026-03-09');
      assert.equal(items.length, 1);
      const [{ date, startsAt, estimatedCostCents, workersNeeded, workersConfirmed, hubName, roles, orderType }] =
        items;
      assert.deepEqual(
        { date, startsAt, estimatedCostCents, workersNeeded, workersConfirmed, hubName, orderType },
        {
          date: '2026-03-09',
          startsAt: '2026-03-10T03:00:00.000Z',
          estimatedCostCents: 3 * 8 * 2_500,
          workersNeeded: 3,
          workersConfirmed: 0,
          hubName: 'Main hall',
          orderType: 'ONE_TIME',
        },
      );
      assert.equal(roles[0].hourlyRateCents, 2_500);
      const { items: covered } = await read('/client/coverage?date=2026-03-12');
      assert.deepEqual(covered, [], 'a cancelled shift is not to be covered');
    });

    it('rank the core team by the shifts that were worked to the end lately', async () => {
      const mate = await staffing.addClient(tenant);
      const mateHub = await staffing.addHub(mate, tenant);
      const daysAgo = async (days: number, worker: number, status: 'COMPLETED' | 'CHECKED_OUT' | 'NO_SHOW') => {
        const startsAt = new Date(Date.now() - days * dayMs);
        const shift = await staffing.addShift(tenant, mate, mateHub, vendor, { startsAt, hours: 1 });
        return placeWorker(staffing, shift, at(worker), status);
      };
      await daysAgo(11.2, 5, 'COMPLETED');
      await daysAgo(12.2, 5, 'CHECKED_OUT');
      await daysAgo(13.2, 5, 'NO_SHOW');
      await daysAgo(100.2, 5, 'COMPLETED');
      await daysAgo(14.2, 6, 'COMPLETED');
      const rated = await daysAgo(16.2, 6, 'COMPLETED');
      const alsoRated = await daysAgo(17.2, 6, 'COMPLETED');
      await daysAgo(18.2, 7, 'COMPLETED');
      await daysAgo(95.2, 8, 'COMPLETED');
      for (const [work, rating] of [
        [rated, 4],
        [alsoRated, 5],
      ] as const)
        await staffing.db.none(
          `insert into workforce.staff_reviews (id, tenant_id, assignment_id, staff_id, business_id, rating, created_by)
          values ($1, $2, $3, $4, $5, $6, $7)`,
          [uuidV7(), tenant.id, work, at(6).staffId, mate.businessId, rating, mate.userId],
        );
      await staffing.db.none('insert into workforce.favorite_staff (business_id, staff_id) values ($1, $2)', [
        mate.businessId,
        at(7).staffId,
      ]);
      const first = await read('/client/coverage/core-team?limit=2', mate);
      const rest = await read(`/client/coverage/core-team?limit=2&cursor=${first.nextCursor}`, mate);
      assert.deepEqual(
        [...first.items, ...rest.items].map(({ fullName, completedShifts, averageRating, favorite }) => [
          fullName,
          completedShifts,
          averageRating,
          favorite,
        ]),
        [
          ['Worker 6', 3, 4.5, false],
          ['Worker 5', 2, null, false],
          ['Worker 7', 1, null, true],
        ],
      );
      assert.equal(rest.nextCursor, null);
    });
  });

  describe('of what there is', () => {
    it('tell whom the session is of', async () => {
      const { user, business, tenant: of } = await read('/client/session');
      assert.deepEqual(
        [user.id, business.businessId, of.tenantId, of.role],
        [client.userId, client.businessId, tenant.id, 'CLIENT_OWNER'],
      );
    });

    it("list the business's hubs, managers, cost centers and people, and the tenant's vendors and their roles", async () => {
      const own = await staffing.addClient(tenant);
      const colleague = await staffing.addClient(tenant, { businessId: own.businessId, role: 'CLIENT_MANAGER' });
      const [first, second, deleted] = [
        await staffing.addHub(own, tenant),
        await staffing.addHub(own, tenant, { nfcTagId: 'tag-1' }),
        await staffing.addHub(own, tenant),
      ];
      await staffing.db.none('update workforce.hubs set deleted_at = now() where id = $1', [deleted]);
      await staffing.db.none('insert into workforce.hub_managers (hub_id, user_id) values ($1, $2), ($3, $2)', [
        first,
        colleague.userId,
        deleted,
      ]);
      await staffing.db.none(
        `insert into workforce.cost_centers (id, tenant_id, business_id, code, name) values ($1, $2, $3, 'CC-1', 'Kitchen')`,
        [uuidV7(), tenant.id, own.businessId],
      );
      await staffing.db.none('update workforce.vendor_roles set active = false where id = $1', [vendor.roleIds[1]]);

      const hubs = await read('/client/hubs', own);
      const newestFirst = [first, second].sort().reverse();
      assert.deepEqual(
        hubs.items.map((hub: { hubId: string }) => hub.hubId),
        newestFirst,
      );
      assert.deepEqual(
        hubs.items.map((hub: { nfcTagId: string | null }) => hub.nfcTagId).sort(),
        [null, 'tag-1'].sort(),
      );
      const managers = await read(`/client/hubs/${first}/managers`, own);
      assert.deepEqual(
        managers.items.map((manager: { userId: string }) => manager.userId),
        [colleague.userId],
      );
      const { items: centers } = await read('/client/cost-centers', own);
      assert.deepEqual([centers.length, centers[0].code, centers[0].name], [1, 'CC-1', 'Kitchen']);
      const { items: team } = await read('/client/team-members', own);
      assert.deepEqual(
        new Map(team.map(({ userId, role }: Record<string, string>) => [userId, role])),
        new Map([
          [own.userId, 'CLIENT_OWNER'],
          [colleague.userId, 'CLIENT_MANAGER'],
        ]),
      );
      const { items: vendors } = await read('/client/vendors', own);
      assert.ok(vendors.some(({ vendorId }: { vendorId: string }) => vendorId === vendor.id));
      const { items: roles } = await read(`/client/vendors/${vendor.id}/roles`, own);
      assert.deepEqual(roles, [{ roleId: vendor.roleIds[0], code: 'SERVER', name: 'Server', hourlyRateCents: 2_500 }]);
      const page = await read('/client/hubs?limit=1', own);
      const next = await read(`/client/hubs?limit=1&cursor=${page.nextCursor}`, own);
      assert.deepEqual([page.items[0].hubId, next.items[0].hubId, next.nextCursor], [...newestFirst, null]);
    });

    it('show accounts masked, and invoices by how they stand', async () => {
      const own = await staffing.addClient(tenant);
      await staffing.db.none(
        `insert into workforce.business_accounts (id, tenant_id, business_id, bank_name, account_sealed, account_last4, routing_number, account_type, is_primary)
        values ($1, $2, $3, 'First Bank', 'sealed', '6789', '021000021', 'CHECKING', true)`,
        [uuidV7(), tenant.id, own.businessId],
      );
      const statuses = ['PENDING', 'APPROVED', 'DISPUTED', 'PAID', 'VOID'];
      for (const [index, status] of statuses.entries())
        await staffing.db.none(
          `insert into workforce.invoices (id, tenant_id, business_id, week_starts_on, status, total_cents, dispute_reason)
          values ($1, $2, $3, date '2026-01-05' + 7 * $4, $5, 1000 + $4, case $5 when 'DISPUTED' then 'Too much' end)`,
          [uuidV7(Date.now() + index), tenant.id, own.businessId, index, status],
        );
      const { items: accounts } = await read('/client/billing/accounts', own);
      const [account] = accounts;
      assert.deepEqual(accounts, [
        {
          accountId: account.accountId,
          bankName: 'First Bank',
          accountNumberMasked: '••••6789',
          routingNumber: '021000021',
          accountType: 'CHECKING',
          isPrimary: true,
        },
      ]);
      const { items: pending } = await read('/client/billing/invoices/pending', own);
      assert.deepEqual(
        pending.map((invoice: Record<string, unknown>) => [
          invoice['status'],
          invoice['weekStartsOn'],
          invoice['weekEndsOn'],
          invoice['amountCents'],
          invoice['disputeReason'],
        ]),
        [
          ['DISPUTED', '2026-01-19', '2026-01-25', 1_002, 'Too much'],
          ['PENDING', '2026-01-05', '2026-01-11', 1_000, null],
        ],
      );
      const { items: history } = await read('/client/billing/invoices/history', own);
      assert.deepEqual(
        history.map(({ status }: { status: string }) => status),
        ['VOID', 'PAID', 'APPROVED'],
      );
    });

    it('propose each thing that was ordered once, and price it at the rates of today', async () => {
      const own = await staffing.addClient(tenant);
      const hub = await staffing.addHub(own, tenant);
      const by = await staffing.addVendor(tenant, ['Server', 'Cook']);
      const day = addDays(new Date().toISOString().slice(0, 10), 30);
      const order = async (eventName: string, workersNeeded: number) => {
        const base = { startTime: '22:00', endTime: '06:00', lunchBreakMinutes: 30 };
        const positions = [
          { ...base, roleId: by.roleIds[0], workersNeeded },
          { ...base, roleId: by.roleIds[1], workersNeeded: 1, paidBreak: true },
        ];
        const body = { hubId: hub, eventName, orderDate: day, positions };
        const answer = await staffing.call('POST', '/client/orders/one-time', { token: own.token, body });
        assert.equal(answer.status, 201, answer.text);
        return answer.body.orderId as string;
      };
      await order('Gala', 1);
      const newest = await order('gala', 4);
      const lunch = await order('Lunch', 2);
      const cancelled = await order('Ball', 2);
      await staffing.db.none(`update workforce.orders set status = 'CANCELLED' where id = $1`, [cancelled]);
      const { items } = await read('/client/reorders', own);
      assert.deepEqual(
        items.map(({ orderId, workersNeeded }: Record<string, unknown>) => [orderId, workersNeeded]),
        [
          [lunch, 3],
          [newest, 5],
        ],
      );

      await staffing.db.none('update workforce.vendor_roles set hourly_rate_cents = 2601 where id = $1', [
        by.roleIds[0],
      ]);
      await staffing.db.none('update workforce.vendor_roles set active = false where id = $1', [by.roleIds[1]]);
      const preview = await read(`/client/orders/${newest}/reorder-preview`, own);
      assert.deepEqual(
        preview.positions.map(({ name, hourlyRateCents, offered, costCents }: Record<string, unknown>) => [
          name,
          hourlyRateCents,
          offered,
          costCents,
        ]),
        [
          // 450 minutes at 26.01 an hour are 195.075: rounded for each worker.
          ['Server', 2_601, true, 4 * 19_508],
          ['Cook', 3_000, false, 24_000],
        ],
      );
      assert.deepEqual([preview.estimatedCostCents, preview.orderable], [4 * 19_508 + 24_000, false]);
      assert.equal(
        (await staffing.call('GET', `/client/orders/${newest}/reorder-preview`, { token: client.token })).status,
        404,
      );
    });
  });

  describe('to others', () => {
    it('answer 404 for what is another business’s or tenant’s', async () => {
      const hub = await staffing.addHub(client, tenant);
      const shift = await staffing.addShift(tenant, client, hub, vendor);
      for (const { token } of [stranger, foreigner]) {
        for (const path of [`/client/hubs/${hub}/managers`, `/client/orders/${shift.orderId}/reorder-preview`]) {
          const answer = await staffing.call('GET', path, { token });
          assert.deepEqual([path, answer.status], [path, 404]);
        }
      }
      const roles = await staffing.call('GET', `/client/vendors/${vendor.id}/roles`, { token: foreigner.token });
      assert.deepEqual([roles.status, roles.body.code], [404, 'VENDOR_NOT_FOUND']);
      const { items } = await read('/client/vendors', foreigner);
      assert.ok(!items.some(({ vendorId }: { vendorId: string }) => vendorId === vendor.id));
    });

    it('refuse workers, and admins without a business', async () => {
      const admin = await staffing.addOther(tenant, 'TENANT_ADMIN');
      const asWorker = await staffing.call('GET', '/client/dashboard', { token: at(1).token });
      assert.equal(asWorker.status, 403);
      const asAdmin = await staffing.call('GET', '/client/dashboard', { token: admin.token });
      assert.deepEqual([asAdmin.status, asAdmin.body.code], [403, 'NO_BUSINESS']);
    });

    it('refuse cursors, limits and dates that are none', async () => {
      const forged = Buffer.from(JSON.stringify(['0000-01-01', '0000-01-01T00:00:00Z', uuidV7()])).toString(
        'base64url',
      );
      for (const path of [
        '/client/hubs?limit=0',
        '/client/hubs?cursor=x',
        `/client/coverage?date=2026-01-01&cursor=${forged}`,
        '/client/coverage?date=2026-02-30',
        '/client/coverage/stats?date=0000-01-01',
        '/client/orders/view?startDate=2026-01-01',
        '/client/orders/view?startDate=2026-01-02&endDate=2026-01-01',
      ]) {
        const answer = await staffing.call('GET', path, { token: client.token });
        assert.deepEqual([path, answer.status], [path, 400]);
      }
    });
  });
});
