-- Always as many rows as were given.
insert into fieldservice.audit (id, tenant_id, entity, entity_id, action, summary, actor, user_id, device_id, change_digest, created_at)
select id, ${tenantId}, entity, entity_id, action, summary, ${actor}, ${userId}, ${deviceId}, decode(digest, 'hex'), created_at
from jsonb_to_recordset(${rows}::jsonb)
  as given (id uuid, entity text, entity_id uuid, action text, summary text, digest text, created_at timestamptz)
returning id;
