-- No row: there are none of these.
update fieldservice.records record
set changed_at = ${firstInstant}::timestamptz + (place.number - 1) * interval '1 microsecond'
from (
  select id, row_number() over (order by changed_at) as number
  from fieldservice.records
  where tenant_id = ${tenantId} and id = any(${ids}::uuid[])
) place
where record.tenant_id = ${tenantId} and record.id = place.id
returning record.id;
