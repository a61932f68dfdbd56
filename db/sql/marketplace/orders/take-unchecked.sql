-- No row: there is no order that the provider is to be asked about now. Whoever takes one has it for a while.
update marketplace.orders
set check_at = now() + ${leaseMs} * interval '1 ms'
where id in (
  select id from marketplace.orders
  where check_at <= now()
  order by check_at
  limit ${limit}
  for update skip locked
)
returning id, payment_id, created_at <= now() - ${unpaidForMs} * interval '1 ms' as overdue;
