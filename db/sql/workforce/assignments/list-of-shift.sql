-- No row: the worker has and had nothing to do with this shift. The newest first.
select id
from workforce.assignments
where tenant_id = ${tenantId} and staff_id = ${staffId} and shift_id = ${shiftId}
order by id desc
limit 20;
