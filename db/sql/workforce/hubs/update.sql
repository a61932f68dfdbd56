-- No row: the business has no such cost center, or no such hub (which its lock has told before). A time zone that Postgres doesn't know is an error (22023).
update workforce.hubs
set name = ${name}, address = ${address}, latitude = ${latitude}, longitude = ${longitude}, time_zone = ${timeZone}, cost_center_id = ${costCenterId},
  clock_in_mode = ${clockInMode}, radius_meters = ${radiusMeters}, updated_at = now()
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${id} and deleted_at is null and now() at time zone ${timeZone}::text is not null
  and (${costCenterId}::uuid is null or exists (
    select
    from workforce.cost_centers
    where tenant_id = ${tenantId} and business_id = ${businessId} and cost_centers.id = ${costCenterId}
  ))
returning id, name, address, latitude, longitude, time_zone, cost_center_id, clock_in_mode, radius_meters, nfc_tag_id, created_at, updated_at;
