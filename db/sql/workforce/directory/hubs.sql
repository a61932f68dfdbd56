-- No row: the business has no (further) hub.
select id, name, address, latitude, longitude, time_zone, cost_center_id, clock_in_mode, radius_meters, nfc_tag_id, created_at, updated_at
from workforce.hubs
where tenant_id = ${tenantId} and business_id = ${businessId} and deleted_at is null and (${afterId}::uuid is null or id < ${afterId}::uuid)
order by id desc
limit ${limit};
