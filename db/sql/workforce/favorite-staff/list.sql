-- No row: the business has no (further) favorite, or is none of the tenant's. The newest profile first.
select favorite.staff_id, staff.full_name, favorite.created_at
from workforce.businesses
join workforce.favorite_staff favorite on favorite.business_id = businesses.id
join workforce.staff on staff.tenant_id = businesses.tenant_id and staff.id = favorite.staff_id
where businesses.tenant_id = ${tenantId} and businesses.id = ${businessId} and (${afterId}::uuid is null or favorite.staff_id < ${afterId})
order by favorite.staff_id desc
limit ${limit};
