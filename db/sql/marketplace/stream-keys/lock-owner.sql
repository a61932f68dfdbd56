-- No row: nobody has this key.
select user_id
from marketplace.stream_keys
where key_hash = ${keyHash}
for update;
