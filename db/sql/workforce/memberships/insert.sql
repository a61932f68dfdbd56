-- Answers no row: this only writes.
insert into workforce.memberships (user_id, tenant_id, role)
select ${userId}, ${tenantId}, role
from unnest(${roles}::text[]) as given (role);
