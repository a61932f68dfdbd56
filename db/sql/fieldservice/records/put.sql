-- Always as many rows as were given. Each record comes once, and its entity is what it was before.
insert into fieldservice.records as record (tenant_id, id, entity, payload, changed_at, deleted_at, seen_by)
select ${tenantId}, id, entity, payload, changed_at, case when deleted then changed_at end, coalesce(seen_by, '{}')
from jsonb_to_recordset(${records}::jsonb)
  as given (id uuid, entity text, payload jsonb, changed_at timestamptz, deleted boolean, seen_by uuid[])
on conflict (tenant_id, id) do update
set payload = excluded.payload, changed_at = excluded.changed_at, deleted_at = excluded.deleted_at, seen_by = excluded.seen_by
returning record.id;
