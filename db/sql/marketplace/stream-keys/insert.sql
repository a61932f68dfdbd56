-- No row: the user has a key already.
insert into marketplace.stream_keys (user_id, key_hash, key_sealed)
values (${userId}, ${keyHash}, ${keySealed})
on conflict (user_id) do nothing
returning user_id;
