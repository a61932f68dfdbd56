-- No row: the tenant has no such business. Until the transaction ends, nothing else is billed to it.
select businesses.id, businesses.name, businesses.billing_email, tenants.name as tenant_name
from workforce.businesses
join workforce.tenants on tenants.id = businesses.tenant_id
where businesses.tenant_id = ${tenantId} and businesses.id = ${businessId}
for no key update of businesses;
