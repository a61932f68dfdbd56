import assert from 'node:assert/strict';
import { workforceSurface } from '../../edge/workforce/surface.ts';
import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { MadeShift, Staffing, Tenant, Worker } from './staffing.ts';

const minuteMs = 60_000;
const { routes } = workforceSurface();
const came: readonly AssignmentStatus[] = ['CHECKED_IN', 'CHECKED_OUT', 'COMPLETED'];

/** Gives a worker a place in a shift, by SQL; who came has an attendance, from the start on or, if late, from 20 minutes after it. Answers the assignment's id. */
export async function placeWorker(
  { db }: Staffing,
  { roleId }: MadeShift,
  { staffId }: Worker,
  status: AssignmentStatus,
  { late = false }: { late?: boolean } = {},
): Promise<string> {
  const id = uuidV7();
  const { tenantId, businessId, startsAt, endsAt } = await db.one<{
    tenantId: string;
    businessId: string;
    startsAt: Date;
    endsAt: Date;
  }>(
    `insert into workforce.assignments (id, tenant_id, business_id, shift_id, shift_role_id, staff_id, status, starts_at, ends_at, swap_requested_at)
    select $1, role.tenant_id, shifts.business_id, shifts.id, role.id, $3, $4, role.starts_at, role.ends_at, case $4 when 'SWAP_REQUESTED' then now() end
    from workforce.shift_roles role
    join workforce.shifts on shifts.id = role.shift_id
    where role.id = $2
    returning tenant_id, business_id, starts_at, ends_at`,
    [id, roleId, staffId, status],
  );
  if (!came.includes(status)) return id;
  const clockInAt = new Date(startsAt.getTime() + (late ? 20 * minuteMs : 0));
  await db.none(
    `insert into workforce.attendance (id, tenant_id, assignment_id, staff_id, business_id, status, clock_in_at, clock_in_method, late, clock_out_at)
    values ($1, $2, $3, $4, $5, $6, $7, 'GEO', $8, $9)`,
    status === 'CHECKED_IN'
      ? [uuidV7(), tenantId, id, staffId, businessId, 'OPEN', clockInAt, late, null]
      : [uuidV7(), tenantId, id, staffId, businessId, 'CLOSED', clockInAt, late, endsAt],
  );
  return id;
}

export interface Worked {
  minutes: number;
  amountCents: number;
  savingCents?: number;
  category?: string;
  /** That of the shift unless told. */
  workDate?: string;
  invoiceId?: string;
}

/** The time-card line of an assignment, by SQL. */
export async function billWork({ db }: Staffing, assignmentId: string, worked: Worked): Promise<void> {
  const { minutes, amountCents, savingCents = 0, category = 'Server', workDate = null, invoiceId = null } = worked;
  await db.none(
    `insert into workforce.time_card_lines (id, tenant_id, business_id, staff_id, assignment_id, hub_id, category, work_date, minutes, rate_cents,
      pay_rate_cents, market_rate_cents, amount_cents, pay_cents, saving_cents, invoice_id)
    select $1, assignments.tenant_id, assignments.business_id, staff_id, assignments.id, hub_id, $3, coalesce($4, date), $5, 3000, 2000, 3500, $6, 1, $7, $8
    from workforce.assignments
    join workforce.shifts on shifts.id = shift_id
    where assignments.id = $2`,
    [uuidV7(), assignmentId, category, workDate, minutes, amountCents, savingCents, invoiceId],
  );
}

/** A further role of a shift, over all of it; `MadeShift` with that role's id. */
export async function addRole(
  { db }: Staffing,
  shift: MadeShift,
  role: { name: string; needed: number; rateCents: number; lunchBreakMinutes?: number; paidBreak?: boolean },
): Promise<MadeShift> {
  const roleId = uuidV7();
  const { name, needed, rateCents, lunchBreakMinutes = 0, paidBreak = false } = role;
  await db.none(
    `insert into workforce.shift_roles (id, tenant_id, shift_id, vendor_role_id, name, rate_cents, pay_rate_cents, market_rate_cents, workers_needed,
      lunch_break_minutes, paid_break, starts_at, ends_at)
    select $1, tenant_id, shift_id, vendor_role_id, $3, $4, 1000, 5000, $5, $6, $7, starts_at, ends_at
    from workforce.shift_roles
    where id = $2`,
    [roleId, shift.roleId, name, rateCents, needed, lunchBreakMinutes, paidBreak],
  );
  return { ...shift, roleId };
}

export async function cancelShift({ db }: Staffing, { shiftId }: MadeShift): Promise<void> {
  await db.none(`update workforce.shifts set status = 'CANCELLED' where id = $1`, [shiftId]);
}

export function addWorkers(staffing: Staffing, tenant: Tenant, count: number): Promise<Worker[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => staffing.addWorker(tenant, { fullName: `Worker ${index + 1}` })),
  );
}

/** Asks for something that is there, and holds the answer against the schema that its route declares. The body without its requestId. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
export async function readDeclared(staffing: Staffing, path: string, token: string): Promise<any> {
  const answer = await staffing.call('GET', path, { token });
  assert.equal(answer.status, 200, `${path}: ${answer.text}`);
  const { requestId, ...body } = answer.body;
  assert.ok(requestId);
  const { pathname } = new URL(path, staffing.url);
  const route = routes.find(
    ({ method, path: template }) =>
      method === 'GET' && new RegExp(`^${template.replace(/:\w+/g, '[^/]+')}$`).test(pathname),
  );
  const schema = route?.response[200];
  assert.ok(schema && 'parse' in schema, `${path} declares its answer`);
  return schema.parse(body);
}
