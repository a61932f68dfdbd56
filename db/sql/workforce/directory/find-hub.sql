-- No row: the business has no such hub.
select id
from workforce.hubs
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${hubId} and deleted_at is null;
