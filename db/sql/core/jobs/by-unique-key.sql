-- No row: no live job holds the key.
select id, kind, state, attempt
from core.jobs
where unique_key = ${uniqueKey};
