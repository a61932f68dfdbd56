-- No row: the tenant has no such shift. Until the transaction ends, nothing else books, frees or changes what was made of its order.
select orders.id
from workforce.orders
where orders.tenant_id = ${tenantId}
  and orders.id = (select shifts.order_id from workforce.shifts where shifts.tenant_id = ${tenantId} and shifts.id = ${shiftId})
for no key update;
