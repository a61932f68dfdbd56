-- No row: the business has no such hub.
update workforce.hubs
set deleted_at = now(), updated_at = now()
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${hubId} and deleted_at is null
returning id;
