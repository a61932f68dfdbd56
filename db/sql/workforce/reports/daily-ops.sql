-- No row: nothing was to be done on this day at any hub of the business.
with shown as materialized (
  select shifts.id, shifts.hub_id
  from workforce.shifts
  where shifts.tenant_id = ${tenantId} and shifts.business_id = ${businessId} and shifts.status <> 'CANCELLED' and shifts.date = ${date}::date
), demand as (
  select shown.hub_id, count(distinct shown.id) as shifts, coalesce(sum(role.workers_needed), 0) as needed
  from shown
  left join workforce.shift_roles role on role.shift_id = shown.id and role.tenant_id = ${tenantId}
  group by shown.hub_id
), turnout as (
  select shown.hub_id,
    count(*) filter (where assignments.status = any(${booked}::text[])) as confirmed,
    count(*) filter (where assignments.status = any(${came}::text[])) as came,
    count(*) filter (where attendance.late and assignments.status = any(${came}::text[])) as late,
    count(*) filter (where assignments.status = 'NO_SHOW') as no_shows
  from shown
  join workforce.assignments on assignments.shift_id = shown.id and assignments.tenant_id = ${tenantId} and assignments.business_id = ${businessId}
  left join workforce.attendance on attendance.assignment_id = assignments.id
  group by shown.hub_id
), worked as (
  select line.hub_id, sum(line.minutes) as minutes, sum(line.amount_cents) as amount_cents
  from workforce.time_card_lines line
  where line.tenant_id = ${tenantId} and line.business_id = ${businessId} and line.work_date = ${date}::date
  group by line.hub_id
)
select hubs.id as hub_id, hubs.name as hub_name, coalesce(demand.shifts, 0) as shifts, coalesce(demand.needed, 0) as needed,
  coalesce(turnout.confirmed, 0) as confirmed, coalesce(turnout.came, 0) as came, coalesce(turnout.late, 0) as late,
  coalesce(turnout.no_shows, 0) as no_shows, coalesce(worked.minutes, 0)::bigint as minutes, coalesce(worked.amount_cents, 0)::bigint as amount_cents
from workforce.hubs
left join demand on demand.hub_id = hubs.id
left join turnout on turnout.hub_id = hubs.id
left join worked on worked.hub_id = hubs.id
where hubs.tenant_id = ${tenantId} and hubs.business_id = ${businessId} and (demand.hub_id is not null or worked.hub_id is not null)
order by hubs.name, hubs.id;
