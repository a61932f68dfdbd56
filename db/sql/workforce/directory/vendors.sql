-- No row: the tenant has no (further) vendor.
select id, name
from workforce.vendors
where tenant_id = ${tenantId} and (${afterId}::uuid is null or id < ${afterId}::uuid)
order by id desc
limit ${limit};
