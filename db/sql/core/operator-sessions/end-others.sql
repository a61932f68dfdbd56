-- No row: they had no other.
delete from core.operator_sessions
where operator_id = ${operatorId} and csrf <> ${csrf}
returning operator_id;
