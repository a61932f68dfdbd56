-- No row: the tenant has no such worker. Whether each part of the profile is there; a part that the tenant asks nothing of is.
select
  staff.photo_file_id is not null as photo,
  staff.phone is not null and staff.date_of_birth is not null and staff.address <> '' as personal_info,
  staff.preferred_locations <> '{}' as locations,
  staff.industries <> '{}' as industries,
  staff.skills <> '{}' as skills,
  exists (select from workforce.emergency_contacts where staff_id = staff.id) as emergency_contacts,
  not exists (
    select from workforce.required_items item
    where item.tenant_id = staff.tenant_id and item.kind = 'DOCUMENT' and item.required
      and not exists (select from workforce.staff_items where staff_id = staff.id and item_id = item.id)
  ) as documents,
  not exists (
    select from workforce.required_items item
    where item.tenant_id = staff.tenant_id and item.kind = 'ATTIRE' and item.required
      and not exists (select from workforce.staff_items where staff_id = staff.id and item_id = item.id)
  ) as attire,
  exists (select from workforce.certificates where staff_id = staff.id) as certificates,
  (select count(*) from workforce.tax_forms where staff_id = staff.id and status = 'SUBMITTED') = 2 as tax_forms,
  exists (select from workforce.staff_accounts where staff_id = staff.id) as bank_accounts
from workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId};
