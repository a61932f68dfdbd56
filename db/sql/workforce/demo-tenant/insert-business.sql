-- Always one row.
with business as (
  insert into workforce.businesses (id, tenant_id, name, billing_email)
  values (${businessId}, ${tenantId}, ${name}, ${email})
  returning id
), member as (
  insert into workforce.business_members (business_id, user_id, title)
  select business.id, member.user_id, member.title
  from business, unnest(${userIds}::uuid[], array['Operations', 'Events']) as member (user_id, title)
), account as (
  insert into workforce.business_accounts (id, tenant_id, business_id, bank_name, account_sealed, account_last4, routing_number, account_type, is_primary)
  select ${accountId}, ${tenantId}, id, 'First Harbor Bank', ${accountSealed}, ${accountLast4}, '021000021', 'CHECKING', true
  from business
), centers as (
  insert into workforce.cost_centers (id, tenant_id, business_id, code, name)
  select center.id, ${tenantId}, business.id, center.code, center.name
  from business, unnest(${costCenterIds}::uuid[], array['EVENTS', 'KITCHEN'], array['Events', 'Kitchen']) as center (id, code, name)
)
select id from business;
