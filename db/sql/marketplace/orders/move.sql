-- No row: the order is in none of the statuses from which this move is allowed. The provider is asked only about orders that may still be paid.
update marketplace.orders
set status = ${to}, check_at = case when ${to} in ('pending', 'failed') then check_at end
where id = ${id} and status = any(${from}::text[])
returning id;
