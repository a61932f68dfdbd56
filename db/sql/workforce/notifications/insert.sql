-- No row: all of it was told before.
insert into workforce.notifications (id, tenant_id, user_id, type, title, body, data, once_key)
select id, tenant_id, user_id, type, title, body, data, once_key
from unnest(
  ${ids}::uuid[], ${tenantIds}::uuid[], ${userIds}::uuid[], ${types}::text[], ${titles}::text[], ${bodies}::text[], ${data}::jsonb[], ${onceKeys}::text[]
) as notice (id, tenant_id, user_id, type, title, body, data, once_key)
on conflict (once_key) do nothing
returning id;
