-- No row: the business has no such order. Until the transaction ends, nothing else books, frees or changes what was made of it.
select orders.id, orders.tenant_id, orders.business_id, orders.hub_id, orders.vendor_id, orders.order_number, orders.type, orders.status, orders.event_name,
  orders.starts_on, orders.ends_on, orders.week_days, orders.positions, orders.expanded_to, orders.horizon_days, orders.cancel_reason, orders.created_at,
  orders.updated_at, hubs.time_zone, now() as asked_at
from workforce.orders
join workforce.hubs on hubs.id = orders.hub_id
where orders.tenant_id = ${tenantId} and orders.business_id = ${businessId} and orders.id = ${orderId}
for no key update of orders;
