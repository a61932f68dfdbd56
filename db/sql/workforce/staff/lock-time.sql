-- No row: the tenant has no such worker. Until the transaction ends, nothing else takes this worker's time.
select id
from workforce.staff
where tenant_id = ${tenantId} and id = ${staffId}
for no key update;
