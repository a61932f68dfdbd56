-- Always one row. Counts no further than the limit.
select count(*) as live
from (
  select from core.jobs where due_at is not null and owner = ${owner}
  union all
  select from core.jobs where queued_at is not null and owner = ${owner}
  limit ${limit}
) live;
