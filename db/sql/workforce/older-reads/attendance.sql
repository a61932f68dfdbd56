-- No row: the tenant has no such assignment, or it is neither at the named business nor the named worker's. Without attendance, its columns are null.
select assignments.id as assignment_id, assignments.shift_id, assignments.staff_id, assignments.status as assignment_status, attendance.id,
  attendance.status, attendance.clock_in_at, attendance.clock_in_method, attendance.clock_in_distance_meters, attendance.override_reason, attendance.late,
  attendance.clock_out_at, attendance.clock_out_method, attendance.clock_out_distance_meters, attendance.clock_out_override_reason
from workforce.assignments
left join workforce.attendance on attendance.assignment_id = assignments.id
where assignments.tenant_id = ${tenantId} and assignments.id = ${assignmentId}
  and (${all} or assignments.business_id = ${businessId}::uuid or assignments.staff_id = ${staffId}::uuid);
