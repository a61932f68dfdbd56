-- No row: the order is cancelled or over.
update workforce.orders
set status = 'CANCELLED', cancel_reason = ${reason}, updated_at = now()
where tenant_id = ${tenantId} and id = ${id} and status not in ('COMPLETED', 'CANCELLED')
returning id;
