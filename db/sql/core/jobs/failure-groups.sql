-- No row: no job is in trouble. Looks at the newest `limit` jobs with a fault. Of each group the last 24 hours, by the hour: 23 is the
-- present one, -1 all that is older.
select kind, code, state = 'failed' as is_final,
  greatest(-1, floor(extract(epoch from at - date_trunc('hour', now()) + interval '23 hours') / 3600))::integer as hour,
  count(*) as jobs, min(at) as first_at, max(at) as last_at,
  (array_agg(id order by at desc))[1] as last_id, (array_agg(message order by at desc))[1] as last_message
from (
  select id, kind, fault ->> 'code' as code, fault ->> 'message' as message, state, retried_as,
    coalesce(finished_at, started_at, created_at) as at
  from core.jobs
  where fault is not null
  order by id desc
  limit ${limit}
) faulty
where retried_as is null and state in ('failed', 'pending', 'queued', 'running')
group by 1, 2, 3, 4;
