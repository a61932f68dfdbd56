-- No row: the worker is entitled to nothing.
select benefit.id, benefit.code, benefit.title, benefit.entitled_hours, benefit.used_hours
from workforce.benefits benefit
join workforce.staff on staff.id = benefit.staff_id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
order by benefit.code
limit 100;
