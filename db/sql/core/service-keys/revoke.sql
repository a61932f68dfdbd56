-- No row: no such key, or it was revoked before.
update core.service_keys
set revoked_at = now()
where id = ${id} and revoked_at is null
returning id;
