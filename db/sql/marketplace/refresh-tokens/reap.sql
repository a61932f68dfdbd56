-- No row: no used token is that old.
delete from marketplace.refresh_tokens
where hash in (
  select hash
  from marketplace.refresh_tokens
  where used_at < now() - make_interval(secs => ${keepS})
  order by used_at
  limit ${limit}
  for update skip locked
)
returning session_id;
