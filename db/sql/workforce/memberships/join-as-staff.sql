-- Answers no row: this only writes, and nothing where the tenant does not exist, the membership does, or, no tenant being named, there is any other.
insert into workforce.memberships (user_id, tenant_id, role)
select ${userId}, tenant.id, 'STAFF'
from workforce.tenants tenant
where case
  when ${tenantId}::uuid is not null then tenant.id = ${tenantId}
  else not exists (select from workforce.memberships where user_id = ${userId})
end
order by tenant.id
limit 1
on conflict do nothing;
