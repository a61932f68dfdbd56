-- Always one row.
insert into marketplace.stream_keys (user_id, key_hash, key_sealed)
values (${userId}, ${keyHash}, ${keySealed})
on conflict (user_id) do update
set key_hash = excluded.key_hash, key_sealed = excluded.key_sealed, created_at = now()
returning user_id;
