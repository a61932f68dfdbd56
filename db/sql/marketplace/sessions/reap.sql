-- No row: none has been over for a day.
delete from marketplace.sessions
where id in (
  select id
  from marketplace.sessions
  where expires_at < now() - interval '1 day'
  order by expires_at
  limit ${limit}
  for update skip locked
)
returning id;
