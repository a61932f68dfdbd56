-- No row: none of these ids is an assignment of this worker. In the order in which they were named.
select assignments.id, assignments.status, assignments.shift_id, assignments.shift_role_id, assignments.starts_at, assignments.ends_at,
  assignments.replaces_id, assignments.swap_reason, assignments.swap_requested_at,
  (assignments.starts_at at time zone hubs.time_zone)::date as date, (now() at time zone hubs.time_zone)::date as today, now() as now,
  shift_roles.name as role_name, shift_roles.pay_rate_cents, shift_roles.lunch_break_minutes, shift_roles.paid_break,
  orders.event_name, businesses.name as business_name, hubs.id as hub_id, hubs.name as hub_name, hubs.address, hubs.latitude, hubs.longitude, hubs.time_zone,
  coalesce(shifts.clock_in_mode, hubs.clock_in_mode) as clock_in_mode, hubs.radius_meters,
  attendance.clock_in_at, attendance.clock_out_at, attendance.late, time_card_lines.minutes, time_card_lines.pay_cents
from unnest(${ids}::uuid[]) with ordinality as wanted (id, place)
join workforce.assignments on assignments.id = wanted.id
join workforce.shift_roles on shift_roles.id = assignments.shift_role_id
join workforce.shifts on shifts.id = assignments.shift_id
join workforce.orders on orders.id = shifts.order_id
join workforce.businesses on businesses.id = assignments.business_id
join workforce.hubs on hubs.id = shifts.hub_id
left join workforce.attendance on attendance.assignment_id = assignments.id
left join workforce.time_card_lines on time_card_lines.assignment_id = assignments.id
where assignments.tenant_id = ${tenantId} and assignments.staff_id = ${staffId}
order by wanted.place;
