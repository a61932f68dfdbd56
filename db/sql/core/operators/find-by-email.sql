-- No row: nobody has that address.
select id, email, name, role, created_at, disabled_at, password_hash
from core.operators
where email = ${email};
