-- No row: nothing suits the worker within two weeks. Of the next free roles, those first that are among their skills, then the soonest.
with mine as materialized (
  select shift_role_id, status <> 'PENDING' as booked, tstzrange(starts_at, ends_at) as during
  from workforce.assignments
  where tenant_id = ${tenantId} and staff_id = ${staffId} and starts_at > now() - interval '3 days' and status not in ('DECLINED', 'CANCELLED', 'NO_SHOW')
)
select near.id
from (
  select shift_roles.id, shift_roles.name, shift_roles.starts_at
  from workforce.shift_roles
  join workforce.shifts on shifts.id = shift_roles.shift_id and shifts.status in ('OPEN', 'FILLED', 'ACTIVE')
  join workforce.hubs on hubs.id = shifts.hub_id
  where shift_roles.tenant_id = ${tenantId} and shift_roles.workers_booked < shift_roles.workers_needed
    and shift_roles.starts_at > now() and shift_roles.starts_at < now() + interval '14 days'
    and not exists (
      select
      from mine
      where mine.shift_role_id = shift_roles.id or mine.booked and mine.during && tstzrange(shift_roles.starts_at, shift_roles.ends_at)
    )
    and not exists (
      select
      from workforce.availability
      where availability.staff_id = ${staffId} and availability.date = (shift_roles.starts_at at time zone hubs.time_zone)::date
        and availability.status = 'UNAVAILABLE'
    )
  order by shift_roles.starts_at, shift_roles.id
  limit 200
) near
join workforce.staff on staff.tenant_id = ${tenantId} and staff.id = ${staffId}
order by exists (select from unnest(staff.skills) as skill where lower(skill) = lower(near.name)) desc, near.starts_at, near.id
limit ${limit};
