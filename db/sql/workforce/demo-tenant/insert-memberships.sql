-- Always as many rows as memberships.
insert into workforce.memberships (user_id, tenant_id, role)
select user_id, ${tenantId}, role
from unnest(${userIds}::uuid[], ${roles}::text[]) as member (user_id, role)
returning user_id;
