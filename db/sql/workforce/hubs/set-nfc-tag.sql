-- No row: the business has no such hub. A tag that hangs at another hub of the tenant breaks `hubs_nfc`.
update workforce.hubs
set nfc_tag_id = ${nfcTagId}, updated_at = now()
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${hubId} and deleted_at is null
returning id, name, address, latitude, longitude, time_zone, cost_center_id, clock_in_mode, radius_meters, nfc_tag_id, created_at, updated_at;
