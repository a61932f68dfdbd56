-- No row: none of these is a kind of work that the tenant's vendors offer now.
select id, vendor_id, name, hourly_rate_cents as rate_cents, pay_rate_cents, market_rate_cents
from workforce.vendor_roles
where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and active;
