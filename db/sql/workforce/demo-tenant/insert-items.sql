-- Always as many rows as items.
insert into workforce.required_items (id, tenant_id, kind, code, name, description, required)
select id, ${tenantId}, kind, code, name, description, required
from unnest(${ids}::uuid[], ${kinds}::text[], ${codes}::text[], ${names}::text[], ${descriptions}::text[], ${required}::boolean[])
  as item (id, kind, code, name, description, required)
returning id;
