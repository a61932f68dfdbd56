-- No row: the tenant has no such worker. Whoever counts a worker's rows before adding one does so one after the other.
select id
from workforce.staff
where tenant_id = ${tenantId} and id = ${staffId}
for no key update;
