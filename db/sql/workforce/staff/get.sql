-- No row: the tenant has no such worker.
select staff.id, staff.full_name, staff.phone, staff.email, staff.date_of_birth, staff.address, staff.preferred_locations,
  staff.industries, staff.skills, staff.privacy, photo.storage_key as photo_key, photo.visibility as photo_visibility
from workforce.staff
left join workforce.files photo on photo.id = staff.photo_file_id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId};
