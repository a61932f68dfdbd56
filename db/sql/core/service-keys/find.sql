-- No row: no such key, or it was revoked.
select id, name, kinds, operator
from core.service_keys
where hash = ${hash} and revoked_at is null;
