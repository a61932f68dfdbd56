-- No row: there is no such tenant.
with taken as (
  update fieldservice.tenants
  set changed_at = greatest(clock_timestamp(), changed_at + interval '1 microsecond') + (${count}::integer - 1) * interval '1 microsecond'
  where id = ${tenantId}
  returning changed_at
)
select (extract(epoch from changed_at) * 1000000)::bigint - (${count}::integer - 1) as first_microseconds
from taken;
