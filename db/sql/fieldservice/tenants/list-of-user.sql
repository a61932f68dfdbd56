-- No row: the user belongs to no tenant.
select tenant.id, tenant.name, member.role
from fieldservice.memberships member
join fieldservice.tenants tenant on tenant.id = member.tenant_id
where member.user_id = ${userId} and member.active
order by tenant.name, tenant.id
limit ${limit};
