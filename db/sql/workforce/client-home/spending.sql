-- Always one row. Weeks begin on Monday; what day it is, each hub says by its own clock, which is at most a day away from UTC's.
select
  (
    select coalesce(sum(line.amount_cents), 0)::bigint
    from workforce.time_card_lines line
    join workforce.hubs on hubs.id = line.hub_id
    where line.tenant_id = ${tenantId} and line.business_id = ${businessId}
      and line.work_date >= date_trunc('week', (now() at time zone 'utc')::date - 1)::date
      and line.work_date >= date_trunc('week', now() at time zone hubs.time_zone)::date
  ) as week_cents,
  (
    select coalesce(sum(role.workers_needed * ((role.rate_cents::bigint * planned.minutes + 30) / 60)), 0)::bigint
    from workforce.shifts
    join workforce.hubs on hubs.id = shifts.hub_id
    join workforce.shift_roles role on role.shift_id = shifts.id
    cross join lateral (
      select greatest(0, (date_part('epoch', role.ends_at - role.starts_at) / 60)::integer - case when role.paid_break then 0 else role.lunch_break_minutes end) as minutes
    ) planned
    where shifts.tenant_id = ${tenantId} and shifts.business_id = ${businessId} and shifts.status <> 'CANCELLED'
      and shifts.date between (now() at time zone 'utc')::date and (now() at time zone 'utc')::date + 8
      and shifts.date - (now() at time zone hubs.time_zone)::date between 1 and 7
  ) as projected_cents;
