-- No row: the tenant, or its business, has no (further) order. Newest first.
select orders.id, orders.business_id, orders.order_number, orders.type, orders.status, orders.event_name, orders.hub_id, hubs.name as hub_name,
  orders.vendor_id, orders.starts_on, orders.ends_on, orders.cancel_reason, orders.created_at, orders.updated_at
from workforce.orders
join workforce.hubs on hubs.id = orders.hub_id
where orders.tenant_id = ${tenantId} and (${businessId}::uuid is null or orders.business_id = ${businessId})
  and (${orderId}::uuid is null or orders.id = ${orderId})
  and (${afterId}::uuid is null or orders.id < ${afterId})
order by orders.id desc
limit ${limit};
