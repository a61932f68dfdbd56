-- No row: the order has no shift from that day on that isn't cancelled.
select date
from workforce.shifts
where tenant_id = ${tenantId} and order_id = ${orderId} and date >= ${from} and status <> 'CANCELLED';
