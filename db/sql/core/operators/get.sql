-- No row: there is no such operator.
select id, email, name, role, created_at, disabled_at, password_hash
from core.operators
where id = ${id};
