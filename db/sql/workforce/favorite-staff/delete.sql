-- No row: the worker is no favorite of the business, or that is none of the tenant's.
delete from workforce.favorite_staff
using workforce.businesses
where businesses.tenant_id = ${tenantId} and businesses.id = ${businessId}
  and favorite_staff.business_id = businesses.id and favorite_staff.staff_id = ${staffId}
returning favorite_staff.staff_id;
