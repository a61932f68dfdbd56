-- No row: the order's status is what its shifts say, it is a draft or cancelled, or none of its shifts is left.
update workforce.orders
set status = progress.status, updated_at = now()
from (
  select case
      when bool_and(shifts.status = 'COMPLETED') and bool_and(orders.type <> 'PERMANENT') then 'COMPLETED'
      when bool_or(shifts.status in ('ACTIVE', 'COMPLETED')) then 'ACTIVE'
      when bool_or(shifts.status = 'OPEN') then 'OPEN'
      else 'FILLED'
    end as status
  from workforce.orders
  join workforce.shifts on shifts.order_id = orders.id
  where orders.tenant_id = ${tenantId} and orders.id = ${orderId} and shifts.status <> 'CANCELLED'
  having count(*) > 0
) progress
where orders.tenant_id = ${tenantId} and orders.id = ${orderId} and orders.status not in ('DRAFT', 'CANCELLED') and orders.status <> progress.status
returning orders.id;
