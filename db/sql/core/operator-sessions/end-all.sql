-- No row: they had none.
delete from core.operator_sessions
where operator_id = ${operatorId}
returning operator_id;
