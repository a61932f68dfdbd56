-- No row: the statuses of these shifts are what their places say, or their time has come and these say nothing any more.
update workforce.shifts
set status = places.status
from (
  select shift_id, case when bool_and(workers_booked >= workers_needed) then 'FILLED' else 'OPEN' end as status
  from workforce.shift_roles
  where tenant_id = ${tenantId} and shift_id = any(${ids}::uuid[])
  group by shift_id
) places
where shifts.tenant_id = ${tenantId} and shifts.id = places.shift_id and shifts.status in ('OPEN', 'FILLED') and shifts.status <> places.status
returning shifts.id;
