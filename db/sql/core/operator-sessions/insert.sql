-- Always one row.
insert into core.operator_sessions (token_hash, operator_id, csrf, expires_at)
values (${tokenHash}, ${operatorId}, ${csrf}, now() + ${lifetimeMs} * interval '1 ms')
returning expires_at;
