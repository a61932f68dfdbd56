-- No row: none of these ids is an assignment. Who is to be told, and the words for what they are told of.
select assignments.id, assignments.tenant_id, staff.user_id, assignments.shift_id, assignments.shift_role_id, assignments.swap_requested_at,
  shift_roles.name as role_name, hubs.name as hub_name, shifts.date, to_char(assignments.starts_at at time zone hubs.time_zone, 'YYYY-MM-DD HH24:MI') as local_start
from workforce.assignments
join workforce.staff on staff.id = assignments.staff_id
join workforce.shift_roles on shift_roles.id = assignments.shift_role_id
join workforce.shifts on shifts.id = assignments.shift_id
join workforce.hubs on hubs.id = shifts.hub_id
where assignments.id = any(${ids}::uuid[]);
