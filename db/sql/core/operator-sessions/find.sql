-- No row: no such session, it has expired, or its operator is disabled.
select operator.id, operator.email, operator.name, operator.role, session.csrf
from core.operator_sessions session
join core.operators operator on operator.id = session.operator_id
where session.token_hash = ${tokenHash} and session.expires_at > now() and operator.disabled_at is null;
