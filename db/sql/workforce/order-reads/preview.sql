-- No row: the business has no such order.
select orders.id, orders.order_number, orders.type, orders.event_name, orders.hub_id, hubs.name as hub_name, hubs.deleted_at is null as hub_open,
  hubs.time_zone, orders.vendor_id, vendors.name as vendor_name, orders.starts_on, orders.ends_on, orders.week_days, orders.positions, orders.created_at
from workforce.orders
join workforce.hubs on hubs.id = orders.hub_id
left join workforce.vendors on vendors.id = orders.vendor_id
where orders.tenant_id = ${tenantId} and orders.business_id = ${businessId} and orders.id = ${orderId};
