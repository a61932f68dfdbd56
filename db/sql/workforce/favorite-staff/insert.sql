-- No row: the tenant has no such business, or no such worker. One that is a favorite already stays it.
insert into workforce.favorite_staff (business_id, staff_id)
select businesses.id, staff.id
from workforce.businesses
join workforce.staff on staff.tenant_id = businesses.tenant_id
where businesses.tenant_id = ${tenantId} and businesses.id = ${businessId} and staff.id = ${staffId}
on conflict (business_id, staff_id) do update set staff_id = excluded.staff_id
returning created_at;
