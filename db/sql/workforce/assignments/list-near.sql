-- No row: the worker has no place today or tomorrow, by the calendars of their places of work, nor in a shift that is going on.
select assignments.id
from workforce.assignments
join workforce.shifts on shifts.id = assignments.shift_id
join workforce.hubs on hubs.id = shifts.hub_id
where assignments.tenant_id = ${tenantId} and assignments.staff_id = ${staffId} and assignments.status = any(${statuses}::text[])
  and assignments.starts_at between now() - interval '2 days' and now() + interval '3 days'
  and (
    (assignments.starts_at at time zone hubs.time_zone)::date - (now() at time zone hubs.time_zone)::date between 0 and 1
    or now() between assignments.starts_at and assignments.ends_at
    or assignments.status = 'CHECKED_IN'
  )
order by assignments.starts_at, assignments.id
limit 50;
