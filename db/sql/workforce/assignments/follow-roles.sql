-- No row: the times of all these assignments are those of their roles. One that would put somebody in two places breaks `assignments_overlap`.
update workforce.assignments
set starts_at = shift_roles.starts_at, ends_at = shift_roles.ends_at, updated_at = now()
from workforce.shift_roles
where assignments.tenant_id = ${tenantId} and assignments.shift_id = any(${shiftIds}::uuid[]) and assignments.status = any(${live}::text[])
  and shift_roles.id = assignments.shift_role_id
  and (assignments.starts_at <> shift_roles.starts_at or assignments.ends_at <> shift_roles.ends_at)
returning assignments.id;
