-- No row: the user has no key yet.
select key_sealed
from marketplace.stream_keys
where user_id = ${userId};
