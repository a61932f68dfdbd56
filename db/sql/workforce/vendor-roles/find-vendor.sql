-- No row: the tenant has no such vendor.
select id
from workforce.vendors
where tenant_id = ${tenantId} and id = ${vendorId};
