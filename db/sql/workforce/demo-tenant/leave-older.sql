-- No row: there was no demo tenant before, or nobody of these was in it. Its rows stay, out of everybody's sight.
delete from workforce.memberships
where user_id = any(${userIds}::uuid[]) and tenant_id in (select id from workforce.tenants where name = ${name} and id <> ${tenantId})
returning user_id;
