-- No row: the tenant has no such role.
insert into workforce.assignments (id, tenant_id, business_id, shift_id, shift_role_id, staff_id, status, starts_at, ends_at, replaces_id)
select ${id}::uuid, shift_roles.tenant_id, shifts.business_id, shifts.id, shift_roles.id, ${staffId}::uuid, ${status}::text, shift_roles.starts_at, shift_roles.ends_at,
  ${replacesId}::uuid
from workforce.shift_roles
join workforce.shifts on shifts.id = shift_roles.shift_id
where shift_roles.tenant_id = ${tenantId} and shift_roles.id = ${roleId}
returning id;
