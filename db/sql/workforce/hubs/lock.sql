-- No row: the business has no such hub. Until the transaction ends, nothing is ordered for it.
select id, name, address, latitude, longitude, time_zone, cost_center_id, clock_in_mode, radius_meters, nfc_tag_id, created_at, updated_at
from workforce.hubs
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${hubId} and deleted_at is null
for update;
