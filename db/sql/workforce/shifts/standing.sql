-- No row: the tenant has no such shift.
select business_id, status, starts_at <= now() as begun,
  exists (select from workforce.assignments where shift_id = shifts.id and status = 'CHECKED_IN') as present,
  exists (select from workforce.assignments where shift_id = shifts.id and status in ('CHECKED_IN', 'CHECKED_OUT', 'COMPLETED')) as worked
from workforce.shifts
where tenant_id = ${tenantId} and id = ${shiftId};
