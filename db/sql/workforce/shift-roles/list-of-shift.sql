-- No row: the shift is not this worker's business: they have no part in it, and it has nothing to offer them.
select shift_roles.id
from workforce.shift_roles
join workforce.shifts on shifts.id = shift_roles.shift_id
where shift_roles.tenant_id = ${tenantId} and shift_roles.shift_id = ${shiftId} and (
  exists (select from workforce.assignments mine where mine.shift_id = shifts.id and mine.staff_id = ${staffId})
  or shifts.status in ('OPEN', 'FILLED', 'ACTIVE') and exists (
    select
    from workforce.shift_roles offered
    where offered.shift_id = shifts.id and offered.starts_at > now() and (
      offered.workers_booked < offered.workers_needed
      or exists (select from workforce.assignments swap where swap.shift_role_id = offered.id and swap.status = 'SWAP_REQUESTED')
    )
  )
)
order by shift_roles.starts_at, shift_roles.id
limit 100;
