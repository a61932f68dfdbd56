-- No row: it had ended already.
delete from core.operator_sessions
where token_hash = ${tokenHash}
returning operator_id;
