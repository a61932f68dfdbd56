-- No row: the tenant has no such role in this shift. What decides whether this worker can have a place in it.
select shift_roles.id, shift_roles.shift_id, shifts.business_id, shift_roles.starts_at, shift_roles.ends_at, shift_roles.instant_book,
  shifts.status in ('OPEN', 'FILLED', 'ACTIVE') as live, shift_roles.starts_at <= now() as begun, shift_roles.ends_at <= now() as over,
  shift_roles.workers_booked < shift_roles.workers_needed as free,
  (
    select swap.id
    from workforce.assignments swap
    where swap.shift_role_id = shift_roles.id and swap.status = 'SWAP_REQUESTED' and swap.staff_id <> ${staffId}
      and swap.starts_at > now() + make_interval(secs => ${closesBeforeMs} / 1000.0)
      and swap.swap_requested_at > now() - make_interval(secs => ${lastsMs} / 1000.0)
    order by swap.swap_requested_at, swap.id
    limit 1
  ) as swap_id,
  mine.id as assignment_id, mine.status as assignment_status,
  exists (
    select
    from workforce.assignments other
    where other.staff_id = ${staffId} and tstzrange(other.starts_at, other.ends_at) && tstzrange(shift_roles.starts_at, shift_roles.ends_at)
      and other.status in ('ASSIGNED', 'ACCEPTED', 'CHECKED_IN', 'CHECKED_OUT', 'COMPLETED', 'SWAP_REQUESTED')
  ) as busy
from workforce.shift_roles
join workforce.shifts on shifts.id = shift_roles.shift_id
left join workforce.assignments mine on mine.shift_role_id = shift_roles.id and mine.staff_id = ${staffId}
  and mine.status not in ('DECLINED', 'CANCELLED', 'NO_SHOW')
where shift_roles.tenant_id = ${tenantId} and shift_roles.shift_id = ${shiftId} and shift_roles.id = ${roleId};
