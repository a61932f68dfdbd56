-- No row: the worker is not clocked in at this assignment. A clock that was set back ends no session before it began.
update workforce.attendance
set status = 'CLOSED', clock_out_at = greatest(now(), clock_in_at), clock_out_method = ${method}, clock_out_distance_meters = ${distanceMeters},
  clock_out_override_reason = ${overrideReason}
where tenant_id = ${tenantId} and staff_id = ${staffId} and assignment_id = ${assignmentId} and status = 'OPEN'
returning id, assignment_id, status, clock_in_at, clock_in_method, clock_in_distance_meters, override_reason, late, clock_out_at, clock_out_method,
  clock_out_distance_meters, clock_out_override_reason;
