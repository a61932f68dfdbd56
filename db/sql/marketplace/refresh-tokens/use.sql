-- No row: it was used before.
update marketplace.refresh_tokens
set used_at = now(), successor = ${successor}
where hash = ${hash} and used_at is null
returning session_id;
