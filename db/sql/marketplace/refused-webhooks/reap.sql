-- No row: no refused delivery has outlived its use.
delete from marketplace.refused_webhooks
where id in (
  select id from marketplace.refused_webhooks
  where received_at < now() - ${keepMs} * interval '1 ms'
  order by received_at
  limit ${limit}
  for update skip locked
)
returning id;
