-- No row: no stream of the user is live.
update marketplace.streams
set is_live = false, ended_at = now(), updated_at = now()
where user_id = ${userId} and is_live
returning id;
