-- Always one row.
insert into marketplace.refresh_tokens (hash, session_id)
values (${hash}, ${sessionId})
returning session_id;
