-- No row: nobody has, or had, a place in these shifts. By name, for a person reads the list.
select assignments.id as assignment_id, assignments.shift_role_id as role_id, assignments.staff_id, staff.full_name, assignments.status,
  attendance.clock_in_at, attendance.clock_out_at, coalesce(attendance.late, false) as came_late,
  assignments.starts_at + make_interval(secs => ${lateAfterMs} / 1000.0) < now() as overdue
from workforce.assignments
join workforce.staff on staff.id = assignments.staff_id
left join workforce.attendance on attendance.assignment_id = assignments.id
where assignments.tenant_id = ${tenantId} and assignments.business_id = ${businessId} and assignments.shift_id = any(${shiftIds}::uuid[])
  and assignments.status = any(${shown}::text[])
order by staff.full_name, assignments.id;
