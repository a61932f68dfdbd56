-- No row: nobody of ours has this identity, or they belong to no tenant. One row a membership, the oldest first; those of the wanted tenant alone if one is wanted.
select users.id as user_id, users.email, users.phone, users.display_name, users.signed_out_at, tenants.id as tenant_id, tenants.name as tenant_name,
  memberships.role, businesses.id as business_id, businesses.name as business_name, staff.id as staff_id, staff.full_name as staff_name
from workforce.users
join workforce.memberships on memberships.user_id = users.id
join workforce.tenants on tenants.id = memberships.tenant_id
left join lateral (
  select business.id, business.name
  from workforce.business_members member
  join workforce.businesses business on business.id = member.business_id
  where member.user_id = users.id and business.tenant_id = tenants.id
  order by business.id
  limit 1
) businesses on true
left join workforce.staff on staff.tenant_id = tenants.id and staff.user_id = users.id
where users.identity_uid = ${identityUid} and (${tenantId}::uuid is null or tenants.id = ${tenantId})
order by memberships.created_at, tenants.id;
