-- No row: the counts of these shifts' roles are right. Runs under their order's lock, after places have been given up.
update workforce.shift_roles
set workers_booked = counted.booked
from (
  select role.id, count(assignments.id)::integer as booked
  from workforce.shift_roles role
  left join workforce.assignments on assignments.shift_role_id = role.id
    and assignments.status in ('ASSIGNED', 'ACCEPTED', 'CHECKED_IN', 'CHECKED_OUT', 'COMPLETED', 'SWAP_REQUESTED')
  where role.tenant_id = ${tenantId} and role.shift_id = any(${shiftIds}::uuid[])
  group by role.id
) counted
where shift_roles.id = counted.id and shift_roles.workers_booked <> counted.booked
returning shift_roles.id;
