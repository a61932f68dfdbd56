-- No row: none of the newest orders of the business can be repeated (further). Of those for the same thing at the same hub, the newest stands for all.
select id, order_number, type, event_name, hub_id, hub_name, vendor_id, vendor_name, starts_on, ends_on, positions, created_at
from (
  select distinct on (recent.hub_id, recent.vendor_id, lower(recent.event_name)) recent.*, hubs.name as hub_name, vendors.name as vendor_name
  from (
    select orders.id, orders.order_number, orders.type, orders.event_name, orders.hub_id, orders.vendor_id, orders.starts_on, orders.ends_on,
      orders.positions, orders.created_at
    from workforce.orders
    where orders.tenant_id = ${tenantId} and orders.business_id = ${businessId} and orders.status not in ('DRAFT', 'CANCELLED')
    order by orders.id desc
    limit ${newest}
  ) recent
  join workforce.hubs on hubs.id = recent.hub_id and hubs.deleted_at is null
  left join workforce.vendors on vendors.id = recent.vendor_id
  order by recent.hub_id, recent.vendor_id, lower(recent.event_name), recent.id desc
) latest
where ${afterId}::uuid is null or id < ${afterId}::uuid
order by id desc
limit ${limit};
