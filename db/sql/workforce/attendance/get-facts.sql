-- No row: the worker has no such assignment. What decides whether they may clock in or out, and what that is worth; holds the assignment.
select assignments.id, assignments.status, assignments.shift_id, assignments.business_id, assignments.starts_at, assignments.ends_at,
  shifts.clock_in_mode as shift_mode, hubs.id as hub_id, hubs.clock_in_mode as hub_mode, hubs.nfc_tag_id, hubs.latitude, hubs.longitude, hubs.radius_meters,
  tenants.clock_in_override as override_allowed, (assignments.starts_at at time zone hubs.time_zone)::date as work_date,
  shift_roles.name as role_name, shift_roles.rate_cents, shift_roles.pay_rate_cents, shift_roles.market_rate_cents, shift_roles.lunch_break_minutes,
  shift_roles.paid_break, now() as now
from workforce.assignments
join workforce.tenants on tenants.id = assignments.tenant_id
join workforce.shift_roles on shift_roles.id = assignments.shift_role_id
join workforce.shifts on shifts.id = assignments.shift_id
join workforce.hubs on hubs.id = shifts.hub_id
where assignments.tenant_id = ${tenantId} and assignments.staff_id = ${staffId} and assignments.id = ${assignmentId}
for no key update of assignments;
