-- Always one row; the index attendance_open refuses a second open session of one worker.
insert into workforce.attendance (id, tenant_id, assignment_id, staff_id, business_id, clock_in_method, clock_in_latitude, clock_in_longitude,
  clock_in_accuracy_meters, clock_in_distance_meters, override_reason, late)
values (${id}, ${tenantId}, ${assignmentId}, ${staffId}, ${businessId}, ${method}, ${latitude}, ${longitude}, ${accuracyMeters}, ${distanceMeters},
  ${overrideReason}, ${late})
returning id, assignment_id, status, clock_in_at, clock_in_method, clock_in_distance_meters, override_reason, late, clock_out_at, clock_out_method,
  clock_out_distance_meters, clock_out_override_reason;
