-- No row: the business has no such cost center. A time zone that Postgres doesn't know is an error (22023).
insert into workforce.hubs (id, tenant_id, business_id, name, address, latitude, longitude, time_zone, cost_center_id, clock_in_mode, radius_meters)
select ${id}::uuid, ${tenantId}::uuid, ${businessId}::uuid, ${name}::text, ${address}::text, ${latitude}::double precision, ${longitude}::double precision,
  ${timeZone}::text, ${costCenterId}::uuid, ${clockInMode}::text, ${radiusMeters}::integer
where now() at time zone ${timeZone}::text is not null and (${costCenterId}::uuid is null or exists (
  select
  from workforce.cost_centers
  where tenant_id = ${tenantId}::uuid and business_id = ${businessId}::uuid and id = ${costCenterId}::uuid
))
returning id, name, address, latitude, longitude, time_zone, cost_center_id, clock_in_mode, radius_meters, nfc_tag_id, created_at, updated_at;
