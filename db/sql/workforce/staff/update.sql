-- No row: the tenant has no such worker. What is null stays as it was; privacy is changed key by key.
update workforce.staff
set full_name = coalesce(${fullName}, full_name), phone = coalesce(${phone}, phone), email = coalesce(${email}, email),
  date_of_birth = coalesce(${dateOfBirth}::date, date_of_birth), address = coalesce(${address}, address),
  preferred_locations = coalesce(${preferredLocations}::text[], preferred_locations),
  industries = coalesce(${industries}::text[], industries), skills = coalesce(${skills}::text[], skills),
  privacy = privacy || coalesce(${privacy}::jsonb, '{}'), photo_file_id = coalesce(${photoFileId}::uuid, photo_file_id),
  updated_at = now()
where tenant_id = ${tenantId} and id = ${staffId}
returning id;
