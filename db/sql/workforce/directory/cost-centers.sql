-- No row: the business has no (further) cost centre.
select id, code, name
from workforce.cost_centers
where tenant_id = ${tenantId} and business_id = ${businessId} and (${afterId}::uuid is null or id < ${afterId}::uuid)
order by id desc
limit ${limit};
