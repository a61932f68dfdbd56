-- No row: the business has no shift in these days that was not cancelled. A row for each other day: what was ordered for it, and costs if every place is filled.
with shown as not materialized (
  select shifts.id, shifts.date
  from workforce.shifts
  where shifts.tenant_id = ${tenantId} and shifts.business_id = ${businessId} and shifts.status <> 'CANCELLED'
    and shifts.date between ${startDate}::date and ${endDate}::date
)
select days.date, days.shifts, coalesce(roles.needed, 0)::bigint as needed, coalesce(roles.planned_minutes, 0)::bigint as planned_minutes,
  coalesce(roles.planned_cents, 0)::bigint as planned_cents
from (select shown.date, count(*) as shifts from shown group by shown.date) days
left join (
  select shown.date, sum(role.workers_needed) as needed, sum(role.workers_needed * planned.minutes) as planned_minutes,
    sum(role.workers_needed * ((role.rate_cents::bigint * planned.minutes + 30) / 60)) as planned_cents
  from shown
  join workforce.shift_roles role on role.shift_id = shown.id
  cross join lateral (
    select greatest(0, (date_part('epoch', role.ends_at - role.starts_at) / 60)::integer - case when role.paid_break then 0 else role.lunch_break_minutes end) as minutes
  ) planned
  -- Begins with its shift, or within the two days that one may last: said so that an index can find the roles of a long range.
  where role.tenant_id = ${tenantId} and role.starts_at >= ${startDate}::date - 2 and role.starts_at < ${endDate}::date + 5
  group by shown.date
) roles on roles.date = days.date
order by days.date;
