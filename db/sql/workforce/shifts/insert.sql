-- Always as many rows as there are days; none if the tenant has no such order.
insert into workforce.shifts (id, tenant_id, business_id, order_id, hub_id, date, starts_at, ends_at)
select shift.id, orders.tenant_id, orders.business_id, orders.id, orders.hub_id, shift.date, shift.starts_at, shift.ends_at
from workforce.orders, unnest(${ids}::uuid[], ${dates}::date[], ${startsAt}::timestamptz[], ${endsAt}::timestamptz[]) as shift (id, date, starts_at, ends_at)
where orders.tenant_id = ${tenantId} and orders.id = ${orderId}
returning id;
