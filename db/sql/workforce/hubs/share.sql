-- No row: the business has no such hub. Until the transaction ends, it is neither deleted nor moved to another time zone.
select id, time_zone, now() as asked_at
from workforce.hubs
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${hubId} and deleted_at is null
for share;
