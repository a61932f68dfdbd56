-- No row: no event has outlived its use.
delete from marketplace.payment_events
where id in (
  select id from marketplace.payment_events
  where received_at < now() - ${keepMs} * interval '1 ms'
  order by received_at
  limit ${limit}
  for update skip locked
)
returning id;
