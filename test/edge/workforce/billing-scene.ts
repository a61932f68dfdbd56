import assert from 'node:assert/strict';
import { insertAssignment } from '../../../db/workforce/assignments.ts';
import { insertTimeCardLine } from '../../../db/workforce/time-cards.ts';
import { isMonday } from '../../../shared/recurrence.ts';
import { addDays, utcDay } from '../../../shared/warranty.ts';
import { eventually } from '../../support/eventually.ts';
import {
  type Client,
  openStaffing,
  type Staffing,
  type Tenant,
  type Vendor,
  type Worker,
} from '../../support/staffing.ts';

/** A client whose work has been done, and is to be billed. */
export interface BillingScene {
  staffing: Staffing;
  tenant: Tenant;
  client: Client;
  /** The Monday so many weeks after the last whole week's. */
  week: (inWeeks?: number) => string;
  addClient(): Promise<Client>;
  /** Somebody has worked on a day, and clocked out. Answers the assignment's id. */
  work(worker: Worker, day: string, facts?: { hours?: number; rateCents?: number; client?: Client }): Promise<string>;
  /** The scan of a week, with all jobs that it makes; at once so many times. */
  bill(weekStartsOn: string, times?: number): Promise<void>;
  /** The client's invoices, the earliest week first. */
  invoices(client?: Client): Promise<{ id: string; weekStartsOn: string; status: string; totalCents: number }[]>;
  stop(): Promise<void>;
}

export async function openBillingScene(): Promise<BillingScene> {
  const staffing = await openStaffing();
  const { db } = staffing;
  const tenant = await staffing.addTenant('Krew & Co');
  const client = await staffing.addClient(tenant);
  const vendor: Vendor = await staffing.addVendor(tenant);
  const hubs = new Map<string, string>();
  const operator = await staffing.key({ operator: true });
  let lastWeek = addDays(utcDay(new Date()), -7);
  while (!isMonday(lastWeek)) lastWeek = addDays(lastWeek, -1);

  const finish = async (kind: string, payload: unknown) => {
    const headers = { prefer: 'wait=20' };
    const answer = await staffing.call('POST', `/jobs/${kind}`, { token: operator, body: payload, headers, key: null });
    assert.ok(answer.status < 300 || answer.status === 409, answer.text);
  };

  return {
    staffing,
    tenant,
    client,
    week: (inWeeks = 0) => addDays(lastWeek, 7 * inWeeks),
    addClient: () => staffing.addClient(tenant),
    async work(worker, day, { hours = 8, rateCents = 2_500, client: of = client } = {}) {
      const hubId = hubs.get(of.businessId) ?? (await staffing.addHub(of, tenant, { timeZone: 'UTC' }));
      hubs.set(of.businessId, hubId);
      const startsAt = new Date(`${day}T09:00:00Z`);
      const endsAt = new Date(startsAt.getTime() + hours * 3_600_000);
      const { shiftId, roleId } = await staffing.addShift(tenant, of, hubId, vendor, { startsAt, hours, rateCents });
      return db.tx(async tx => {
        const wanted = {
          tenantId: tenant.id,
          roleId,
          staffId: worker.staffId,
          status: 'ASSIGNED',
          replacesId: null,
        } as const;
        const assignmentId = await insertAssignment(tx, wanted);
        await tx.none(`update workforce.assignments set status = 'CHECKED_OUT' where id = $1 and shift_id = $2`, [
          assignmentId,
          shiftId,
        ]);
        await insertTimeCardLine(tx, {
          tenantId: tenant.id,
          businessId: of.businessId,
          staffId: worker.staffId,
          assignmentId,
          hubId,
          roleName: 'Server',
          workDate: day,
          rateCents,
          payRateCents: rateCents - 700,
          marketRateCents: rateCents + 500,
          clockInAt: startsAt,
          clockOutAt: endsAt,
          startsAt,
          endsAt,
          lunchBreakMinutes: 0,
          paidBreak: false,
        });
        return assignmentId;
      });
    },
    async bill(weekStartsOn, times = 1) {
      await Promise.all(Array.from({ length: times }, () => finish('billing-scan', { weekStartsOn })));
      await eventually(async () => {
        const states = await db.any<{ state: string }>(
          "select distinct state from core.jobs where kind in ('billing-scan', 'weekly-billing')",
        );
        assert.deepEqual(states, [{ state: 'succeeded' }]);
      });
    },
    invoices: (of = client) =>
      db.any(
        'select id, week_starts_on, status, total_cents from workforce.invoices where business_id = $1 order by week_starts_on',
        [of.businessId],
      ),
    stop: () => staffing.stop(),
  };
}
