-- No row: the tenant has no such worker.
select id
from workforce.staff
where tenant_id = ${tenantId} and id = ${id};
