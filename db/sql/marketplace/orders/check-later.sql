-- No row: the order has been paid or given up meanwhile.
update marketplace.orders
set check_at = least(now() + ${inMs} * interval '1 ms', greatest(created_at + ${unpaidForMs} * interval '1 ms', now()))
where id = ${id} and check_at is not null
returning id;
