-- No row: nothing waits.
select kind, count(*) as waiting, extract(epoch from now() - min(created_at))::float8 as oldest_s
from (
  select kind, created_at from core.jobs where due_at <= now() + interval '5 s'
  union all
  select kind, created_at from core.jobs where queued_at is not null
  limit ${limit}
) waiting
group by kind;
