-- No row: the vendor offers no (further) kind of work, or is not the tenant's.
select id, code, name, hourly_rate_cents
from workforce.vendor_roles
where tenant_id = ${tenantId} and vendor_id = ${vendorId} and active and (${afterId}::uuid is null or id < ${afterId}::uuid)
order by id desc
limit ${limit};
