-- No row: no such session, or it was revoked before.
update marketplace.sessions
set revoked_at = now()
where id = ${id} and revoked_at is null
returning id;
