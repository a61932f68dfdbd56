-- No row: nothing was said of any failure.
select kind, code, note, case when silenced_until > now() then silenced_until end as silenced_until, updated_by, updated_at
from core.failure_notes
order by updated_at desc
limit 1000;
