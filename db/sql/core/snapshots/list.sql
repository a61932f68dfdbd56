-- No row: no ticker has led since this database was made.
select name, at, took_ms, body, extract(epoch from now() - at)::float8 as age_s
from core.snapshots;
