-- Always as many rows as were given.
insert into fieldservice.conflicts (id, tenant_id, entity, entity_id, fields, summary, server_updated_at, user_id, device_id, created_at)
select id, ${tenantId}, entity, entity_id, fields, summary, server_updated_at, ${userId}, ${deviceId}, created_at
from jsonb_to_recordset(${rows}::jsonb)
  as given (id uuid, entity text, entity_id uuid, fields text[], summary text, server_updated_at timestamptz, created_at timestamptz)
returning id;
