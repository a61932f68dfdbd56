-- No row: nobody (further) acts for the business.
select users.id, users.display_name, users.email, users.phone, member.title,
  (
    select case when bool_or(memberships.role = 'CLIENT_OWNER') then 'CLIENT_OWNER' when bool_or(memberships.role = 'CLIENT_MANAGER') then 'CLIENT_MANAGER' end
    from workforce.memberships
    where memberships.tenant_id = ${tenantId} and memberships.user_id = users.id
  ) as role
from workforce.business_members member
join workforce.businesses on businesses.id = member.business_id
join workforce.users on users.id = member.user_id
where businesses.tenant_id = ${tenantId} and member.business_id = ${businessId} and (${afterId}::uuid is null or users.id < ${afterId}::uuid)
order by users.id desc
limit ${limit};
