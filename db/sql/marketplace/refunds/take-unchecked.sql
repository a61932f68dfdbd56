-- No row: there is no refund that the provider is to be asked about now. Whoever takes one has it for a while.
update marketplace.refunds
set check_at = now() + ${leaseMs} * interval '1 ms'
where id in (
  select id from marketplace.refunds
  where check_at <= now()
  order by check_at
  limit ${limit}
  for update skip locked
)
returning id, refund_id;
