-- No row: the tenant has no such order.
update workforce.orders
set expanded_to = ${expandedTo}
where tenant_id = ${tenantId} and id = ${id}
returning id;
