-- No row: none has expired.
delete from core.operator_sessions
where expires_at < now()
returning operator_id;
