-- No row: the tenant has none of these.
select id, entity, payload, to_char(changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as changed_at,
  deleted_at is not null as deleted, seen_by
from fieldservice.records
where tenant_id = ${tenantId} and id = any(${ids}::uuid[]);
