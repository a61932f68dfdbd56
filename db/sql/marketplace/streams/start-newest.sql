-- No row: the user's newest stream is live already and no other is, or there is none.
-- What is in the wrong state is turned round: the newest is to be live, every other is not.
update marketplace.streams
set is_live = not is_live,
  draft = draft and is_live,
  started_at = case when is_live then started_at else now() end,
  ended_at = case when is_live then now() end,
  updated_at = now()
where user_id = ${userId}
  and is_live is distinct from (id = (
    select newest.id from marketplace.streams as newest where newest.user_id = ${userId} order by newest.id desc limit 1
  ))
returning id;
