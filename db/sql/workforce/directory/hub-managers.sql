-- No row: the hub has no (further) manager, or is not the business's.
select users.id, users.display_name, users.email, users.phone, coalesce(member.title, '') as title
from workforce.hub_managers manager
join workforce.hubs on hubs.id = manager.hub_id
join workforce.users on users.id = manager.user_id
left join workforce.business_members member on member.business_id = hubs.business_id and member.user_id = users.id
where hubs.tenant_id = ${tenantId} and hubs.business_id = ${businessId} and hubs.id = ${hubId} and hubs.deleted_at is null
  and (${afterId}::uuid is null or users.id < ${afterId}::uuid)
order by users.id desc
limit ${limit};
