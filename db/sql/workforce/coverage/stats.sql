-- Always one row. Without a date: today, at each hub by its own clock, which is at most a day away from UTC's. A cancelled shift needs nobody.
with shown as materialized (
  select shifts.id
  from workforce.shifts
  join workforce.hubs on hubs.id = shifts.hub_id
  where shifts.tenant_id = ${tenantId} and shifts.business_id = ${businessId} and shifts.status <> 'CANCELLED'
    and shifts.date between coalesce(${date}::date, (now() at time zone 'utc')::date - 1) and coalesce(${date}::date, (now() at time zone 'utc')::date + 1)
    and shifts.date = coalesce(${date}::date, (now() at time zone hubs.time_zone)::date)
)
select
  (
    select coalesce(sum(shift_roles.workers_needed), 0)
    from shown
    join workforce.shift_roles on shift_roles.shift_id = shown.id and shift_roles.tenant_id = ${tenantId}
  ) as needed,
  count(*) filter (where work.status = any(${booked}::text[])) as confirmed,
  count(*) filter (where work.status = any(${came}::text[])) as checked_in,
  count(*) filter (where work.status = 'ACCEPTED' and not work.overdue) as en_route,
  count(*) filter (where attendance.late or (work.status in ('ASSIGNED', 'ACCEPTED', 'SWAP_REQUESTED') and work.overdue)) as late
from (
  select assignments.id, assignments.status, assignments.starts_at + make_interval(secs => ${lateAfterMs} / 1000.0) < now() as overdue
  from shown
  join workforce.assignments on assignments.shift_id = shown.id
  where assignments.tenant_id = ${tenantId} and assignments.business_id = ${businessId}
) work
left join workforce.attendance on attendance.assignment_id = work.id;
