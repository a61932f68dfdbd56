-- No row: the shift's status is what its places say, or its time has come and they say nothing any more.
update workforce.shifts
set status = places.status
from (
  select case when bool_and(workers_booked >= workers_needed) then 'FILLED' else 'OPEN' end as status
  from workforce.shift_roles
  where tenant_id = ${tenantId} and shift_id = ${shiftId}
) places
where shifts.tenant_id = ${tenantId} and shifts.id = ${shiftId} and shifts.status in ('OPEN', 'FILLED') and shifts.status <> places.status
returning shifts.id;
