-- No row: there is no operator yet.
select id, email, name, role, created_at, disabled_at
from core.operators
order by email
limit 1000;
