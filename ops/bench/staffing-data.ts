import { fillStaffingPeople, type StaffingPeople } from './staffing-people.ts';
import type { Database } from './services.ts';

/** How much work there is; two years of a big staffing company unless told. */
export interface StaffingSize {
  staff?: number;
  shifts?: number;
  /** Of which the last 31 are still to come, today among them. */
  days?: number;
}

/**
 * Fills a migrated, empty database with one tenant: five businesses with 20 hubs in three time zones, 2,000 staff, and 500,000
 * shifts with their roles, assignments, attendance, time-card lines and invoices. Takes a few minutes. Nobody works twice on a
 * day, so nothing overlaps: the exclusion constraint and the plain indexes are dropped first and made again in the end, and
 * foreign keys are not checked while rows go in.
 */
export async function fillStaffing(db: Database, size: StaffingSize = {}): Promise<StaffingPeople> {
  const { staff = 2_000, shifts = 500_000, days = 731 } = size;
  const data = await db.tx(async tx => {
    await tx.none('set local session_replication_role = replica');
    await tx.none(`set local work_mem = '256MB'`);
    await tx.any('select setseed(0.42)');
    const indexes = await tx.any<{ name: string; definition: string }>(plainIndexes, [workTables]);
    for (const { name } of indexes) await tx.none('drop index workforce.$1:name', [name]);
    const [overlap] = await tx.any<{ definition: string }>(overlapConstraint);
    await tx.none('alter table workforce.assignments drop constraint assignments_overlap');
    await tx.none(makeId);
    const people = await fillStaffingPeople(tx, staff);
    for (const statement of work) await tx.none(statement, { ...people, staff, shifts, days, perDay: shifts / days });
    for (const { definition } of indexes) await tx.none(definition);
    await tx.none(`alter table workforce.assignments add constraint assignments_overlap ${overlap?.definition}`);
    return people;
  });
  await db.none('vacuum analyze');
  return data;
}

const workTables = ['orders', 'shifts', 'shift_roles', 'assignments', 'attendance', 'time_card_lines', 'invoices'];

const plainIndexes = `
  select indexname as name, indexdef as definition
  from pg_indexes
  where schemaname = 'workforce' and tablename = any($1) and indexname not in (select conname from pg_constraint)`;

const overlapConstraint = `
  select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'assignments_overlap'`;

/** Ids of version 7, so that rows lie in the order in which they would have been made. */
const makeId = `
  create function pg_temp.make_id(made_at timestamptz, salt text) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from made_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3) || '8' || substr(md5(salt), 4, 15))::uuid
  $$`;

const work = [
  // Three in eight shifts are ordered by themselves; the others belong to a hub's standing order of a month and hour.
  `create temp table made_shifts on commit drop as
  select shift.n, date, hub.id as hub_id, hub.business_id, hub.time_zone, hour,
    (date + make_interval(hours => hour)) at time zone hub.time_zone as starts_at,
    (date + make_interval(hours => hour + 8)) at time zone hub.time_zone as ends_at,
    date - interval '10 days' as made_at, random() < 0.03 as cancelled,
    case when shift.n % 8 < 3 then 'one-' || shift.n else 'many-' || hub.n || '-' || hour || '-' || to_char(date, 'yyyymm') end as order_key
  from (
    select n, (now() at time zone 'utc')::date + 31 - \${days} + floor(n / \${perDay})::integer as date,
      case when random() < 0.8 then floor(12 * random()) else 12 + floor(8 * random()) end as hub_n,
      (array[6, 8, 10, 14, 16])[1 + floor(5 * random())::integer] as hour
    from generate_series(0, \${shifts} - 1) n
  ) shift
  join made_hubs hub on hub.n = hub_n`,
  `insert into workforce.orders (id, tenant_id, business_id, hub_id, vendor_id, order_number, type, status, event_name, starts_on, ends_on, week_days,
    positions, created_by, created_at, updated_at)
  select pg_temp.make_id(min(made_at), order_key), \${tenantId}, business_id, hub_id, (\${vendorIds}::uuid[])[1], 'B-' || order_key,
    case when order_key like 'one-%' then 'ONE_TIME' else 'RECURRING' end,
    case when max(date) < (now() at time zone 'utc')::date then 'COMPLETED' else 'OPEN' end, 'Event ' || min(n) % 40, min(date), max(date),
    case when order_key like 'one-%' then '{}' else '{1,2,3,4,5,6,7}'::smallint[] end,
    jsonb_build_array(jsonb_build_object('roleId', (\${roleIds}::uuid[])[1 + min(n) % 6], 'workersNeeded', 2, 'startTime', '08:00', 'endTime', '16:00',
      'lunchBreakMinutes', 30, 'paidBreak', false, 'instantBook', true)),
    \${clientUserId}, min(made_at), min(made_at)
  from made_shifts
  group by order_key, business_id, hub_id`,
  `insert into workforce.shifts (id, tenant_id, business_id, order_id, hub_id, date, starts_at, ends_at, status, created_at)
  select pg_temp.make_id(made_at, 'shift-' || n), \${tenantId}, made_shifts.business_id, orders.id, made_shifts.hub_id, date, starts_at, ends_at,
    case when cancelled then 'CANCELLED' when ends_at < now() then 'COMPLETED' when starts_at < now() then 'ACTIVE' else 'OPEN' end, made_at
  from made_shifts
  join workforce.orders on orders.order_number = 'B-' || order_key`,
  // A quarter of the shifts need a second kind of work.
  `create temp table made_roles on commit drop as
  select pg_temp.make_id(made_at, 'role-' || n || '-' || k) as id, n, k, pg_temp.make_id(made_at, 'shift-' || n) as shift_id, business_id, hub_id, date,
    starts_at, ends_at, made_at, cancelled, 1 + (n + k) % 6 as kind, case k when 1 then 1 + n % 3 else 1 end as needed
  from made_shifts, generate_series(1, case n % 4 when 0 then 2 else 1 end) k`,
  // Seven is coprime to the number of staff: those of one day's places are all different.
  `create temp table made_places on commit drop as
  select *, ends_at < now() as over, starts_at < now() as begun, random() as luck, random() as arrival,
    1 + (7 * row_number() over (partition by date order by n, k) + 131 * (date - date '2020-01-01')) % \${staff} as staff_n
  from made_roles, generate_series(1, needed) place`,
  `create temp table made_work on commit drop as
  select made_places.*, made_staff.id as staff_id,
    pg_temp.make_id(made_at + interval '1 day', 'work-' || made_places.n || '-' || k || '-' || place) as work_id,
    case
      when cancelled then 'CANCELLED'
      when luck < 0.02 then 'DECLINED'
      when over then case when luck < 0.05 then 'NO_SHOW' else 'COMPLETED' end
      when begun then case when luck < 0.06 then 'ACCEPTED' else 'CHECKED_IN' end
      else case when luck < 0.1 then 'PENDING' when luck < 0.25 then 'ASSIGNED' else 'ACCEPTED' end
    end as status
  from made_places
  join made_staff on made_staff.n = staff_n
  where luck < case when begun then 0.97 else 0.8 end`,
  `insert into workforce.shift_roles (id, tenant_id, shift_id, position_no, vendor_role_id, name, rate_cents, pay_rate_cents, market_rate_cents, workers_needed,
    workers_booked, lunch_break_minutes, instant_book, starts_at, ends_at)
  select made_roles.id, \${tenantId}, shift_id, k, vendor_role.id, vendor_role.name, hourly_rate_cents, pay_rate_cents, market_rate_cents, needed,
    coalesce(booked, 0), 30, true, starts_at, ends_at
  from made_roles
  join workforce.vendor_roles vendor_role on vendor_role.id = (\${roleIds}::uuid[])[kind]
  left join (
    select id, count(*) as booked from made_work where status in ('ASSIGNED', 'ACCEPTED', 'CHECKED_IN', 'COMPLETED') group by id
  ) work on work.id = made_roles.id`,
  `insert into workforce.assignments (id, tenant_id, business_id, shift_id, shift_role_id, staff_id, status, starts_at, ends_at, created_at, updated_at)
  select work_id, \${tenantId}, business_id, shift_id, made_work.id, staff_id, status, starts_at, ends_at, made_at + interval '1 day', ends_at
  from made_work
  order by work_id`,
  `insert into workforce.attendance (id, tenant_id, assignment_id, staff_id, business_id, status, clock_in_at, clock_in_method, late, clock_out_at,
    clock_out_method)
  select pg_temp.make_id(starts_at, 'attendance-' || work_id), \${tenantId}, work_id, staff_id, business_id,
    case status when 'COMPLETED' then 'CLOSED' else 'OPEN' end,
    starts_at + case when arrival < 0.06 then 500 * arrival else -10 * arrival end * interval '1 min', 'GEO', arrival < 0.06,
    case status when 'COMPLETED' then ends_at end, case status when 'COMPLETED' then 'GEO' end
  from made_work
  where status in ('CHECKED_IN', 'COMPLETED')
  order by starts_at`,
  `insert into workforce.invoices (id, tenant_id, business_id, week_starts_on, status, total_cents, created_at, updated_at)
  select pg_temp.make_id(week + interval '7 days', 'invoice-' || week || business_id), \${tenantId}, business_id, week,
    case
      when week < (now() at time zone 'utc')::date - 28 then 'PAID'
      when week < (now() at time zone 'utc')::date - 14 then 'APPROVED'
      else 'PENDING'
    end, 0, week + interval '7 days', week + interval '7 days'
  from (select distinct business_id, date_trunc('week', date)::date as week from made_work where status = 'COMPLETED') weeks
  where week < date_trunc('week', now() at time zone 'utc')::date`,
  `insert into workforce.time_card_lines (id, tenant_id, business_id, staff_id, assignment_id, hub_id, category, work_date, minutes, rate_cents,
    pay_rate_cents, market_rate_cents, amount_cents, pay_cents, saving_cents, invoice_id, created_at)
  select pg_temp.make_id(made_work.ends_at, 'line-' || work_id), \${tenantId}, made_work.business_id, staff_id, work_id, hub_id, role.name, date, 450,
    rate_cents, role.pay_rate_cents, role.market_rate_cents, (450 * rate_cents + 30) / 60, (450 * role.pay_rate_cents + 30) / 60,
    (450 * (role.market_rate_cents - rate_cents) + 30) / 60, invoices.id, made_work.ends_at
  from made_work
  join workforce.shift_roles role on role.id = made_work.id
  left join workforce.invoices on invoices.business_id = made_work.business_id and week_starts_on = date_trunc('week', date)::date
  where made_work.status = 'COMPLETED'
  order by made_work.ends_at`,
  `update workforce.invoices set total_cents = amount_cents
  from (select invoice_id, sum(amount_cents) as amount_cents from workforce.time_card_lines group by invoice_id) lines
  where invoice_id = id`,
  `insert into workforce.staff_reviews (id, tenant_id, assignment_id, staff_id, business_id, rating, created_by, created_at)
  select pg_temp.make_id(ends_at, 'review-' || work_id), \${tenantId}, work_id, staff_id, business_id, 3 + n % 3, \${clientUserId}, ends_at
  from made_work
  where status = 'COMPLETED' and luck > 0.92`,
];
