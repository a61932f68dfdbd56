-- No row: nothing waits. Counted no further than the limit. A row is ready once it may be claimed: one that was just accepted, too,
-- whose due_at only tells when the relay takes it, and one that the relay has taken and the broker has not: its due_at is a lease
-- of 5 s, doubled with each nudge to 5 min. Take the leases off, and it says since when the row is ready.
select kind,
  count(*) filter (where is_ready) as ready,
  count(*) filter (where not is_ready and attempt = 0) as delayed,
  count(*) filter (where not is_ready and attempt > 0) as retrying,
  coalesce(extract(epoch from now() - min(since) filter (where is_ready)), 0)::float8 as oldest_s
from (
  select kind, attempt, nudges > 0 or due_at <= now() + interval '5 s' as is_ready,
    greatest(created_at, due_at - (5 + 5 * (2 ^ least(nudges, 6) - 1) + 300 * greatest(nudges - 6, 0)) * interval '1 s') as since
  from core.jobs
  where due_at is not null
  union all
  select kind, 0, true, queued_at
  from core.jobs
  where queued_at is not null
  limit ${limit}
) live
group by kind;
