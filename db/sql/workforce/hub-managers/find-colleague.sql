-- No row: nobody of this id acts for the business, in this tenant.
select users.id, users.display_name, users.email
from workforce.business_members
join workforce.businesses on businesses.id = business_members.business_id
join workforce.users on users.id = business_members.user_id
where businesses.tenant_id = ${tenantId} and businesses.id = ${businessId} and users.id = ${userId}
  and exists (
    select
    from workforce.memberships
    where memberships.user_id = users.id and memberships.tenant_id = businesses.tenant_id and memberships.role in ('CLIENT_OWNER', 'CLIENT_MANAGER')
  );
