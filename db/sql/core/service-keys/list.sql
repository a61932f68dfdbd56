-- No row: no key was made.
select id, name, kinds, operator, created_at, revoked_at
from core.service_keys
order by created_at desc
limit 500;
