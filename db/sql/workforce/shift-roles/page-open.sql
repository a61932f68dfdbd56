-- No row: nothing is open to this worker beyond the cursor. Roles with a free place, and those where somebody asks to be replaced.
with mine as materialized (
  select shift_role_id, status <> 'PENDING' as booked, tstzrange(starts_at, ends_at) as during
  from workforce.assignments
  where tenant_id = ${tenantId} and staff_id = ${staffId} and starts_at > now() - interval '3 days' and status not in ('DECLINED', 'CANCELLED', 'NO_SHOW')
)
(
  select shift_roles.id, shift_roles.starts_at
  from workforce.shift_roles
  join workforce.shifts on shifts.id = shift_roles.shift_id and shifts.status in ('OPEN', 'FILLED', 'ACTIVE')
  where shift_roles.tenant_id = ${tenantId} and shift_roles.workers_booked < shift_roles.workers_needed and shift_roles.starts_at > now()
    and (shift_roles.starts_at, shift_roles.id) > (${afterAt}::timestamptz, ${afterId}::uuid)
    and not exists (
      select
      from mine
      where mine.shift_role_id = shift_roles.id or mine.booked and mine.during && tstzrange(shift_roles.starts_at, shift_roles.ends_at)
    )
  order by shift_roles.starts_at, shift_roles.id
  limit ${limit}
)
union
(
  select shift_roles.id, shift_roles.starts_at
  from workforce.assignments swap
  join workforce.shift_roles on shift_roles.id = swap.shift_role_id
  join workforce.shifts on shifts.id = shift_roles.shift_id and shifts.status in ('OPEN', 'FILLED', 'ACTIVE')
  where swap.tenant_id = ${tenantId} and swap.status = 'SWAP_REQUESTED' and swap.staff_id <> ${staffId}
    and swap.starts_at > now() + make_interval(secs => ${closesBeforeMs} / 1000.0)
    and swap.swap_requested_at > now() - make_interval(secs => ${lastsMs} / 1000.0)
    and (shift_roles.starts_at, shift_roles.id) > (${afterAt}::timestamptz, ${afterId}::uuid)
    and not exists (
      select
      from mine
      where mine.shift_role_id = shift_roles.id or mine.booked and mine.during && tstzrange(shift_roles.starts_at, shift_roles.ends_at)
    )
  order by shift_roles.starts_at, shift_roles.id
  limit ${limit}
)
order by starts_at, id
limit ${limit};
