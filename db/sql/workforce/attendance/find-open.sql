-- No row: the worker is clocked in nowhere.
select id, assignment_id, status, clock_in_at, clock_in_method, clock_in_distance_meters, override_reason, late, clock_out_at, clock_out_method,
  clock_out_distance_meters, clock_out_override_reason
from workforce.attendance
where tenant_id = ${tenantId} and staff_id = ${staffId} and status = 'OPEN';
