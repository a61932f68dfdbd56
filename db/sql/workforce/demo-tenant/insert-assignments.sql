-- Always as many rows as places that somebody has.
insert into workforce.assignments (id, tenant_id, business_id, shift_id, shift_role_id, staff_id, status, starts_at, ends_at)
select place.id, ${tenantId}, shifts.business_id, shifts.id, role.id, place.staff_id, place.status, role.starts_at, role.ends_at
from unnest(${ids}::uuid[], ${roleIds}::uuid[], ${staffIds}::uuid[], ${statuses}::text[]) as place (id, role_id, staff_id, status)
join workforce.shift_roles role on role.id = place.role_id
join workforce.shifts on shifts.id = role.shift_id
returning id;
