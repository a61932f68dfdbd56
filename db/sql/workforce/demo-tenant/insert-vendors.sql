-- Always as many rows as roles: the worker gets seven tenths of what the client pays, and the market asks a fifth more.
with vendor as (
  insert into workforce.vendors (id, tenant_id, name)
  select id, ${tenantId}, name from unnest(${vendorIds}::uuid[], ${vendorNames}::text[]) as vendor (id, name)
)
insert into workforce.vendor_roles (id, tenant_id, vendor_id, code, name, hourly_rate_cents, pay_rate_cents, market_rate_cents)
select id, ${tenantId}, vendor_id, upper(name), name, rate, rate * 7 / 10, rate * 12 / 10
from unnest(${roleIds}::uuid[], ${roleVendorIds}::uuid[], ${roleNames}::text[], ${rates}::integer[]) as role (id, vendor_id, name, rate)
returning id;
