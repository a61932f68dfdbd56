-- No row: nothing needs a person.
select id, kind, subject, details, count, raised_at, last_raised_at
from core.alerts
where resolved_at is null
order by raised_at desc
limit ${limit};
