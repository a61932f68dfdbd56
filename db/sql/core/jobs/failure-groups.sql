-- No row: no job is in trouble. Looks at the newest `limit` jobs with a fault. Of each group the last 24 hours, by the hour: 23 is the
-- present one, -1 all that is older. Whom it hits is told of the whole group, in each of its rows.
with faulty as (
  select id, kind, owner, fault ->> 'code' as code, fault ->> 'message' as message, state = 'failed' as is_final, at,
    greatest(-1, floor(extract(epoch from at - date_trunc('hour', now()) + interval '23 hours') / 3600))::integer as hour
  from (
    select id, kind, owner, fault, state, retried_as, coalesce(finished_at, started_at, created_at) as at
    from core.jobs
    where fault is not null
    order by id desc
    limit ${limit}
  ) newest
  where retried_as is null and state in ('failed', 'pending', 'queued', 'running')
), hit as (
  select kind, code, count(distinct owner) as owners, min(owner) as an_owner
  from faulty
  group by kind, code
)
select kind, code, is_final, hour, count(*) as jobs, min(at) as first_at, max(at) as last_at,
  (array_agg(id order by at desc))[1] as last_id, (array_agg(message order by at desc))[1] as last_message,
  hit.owners, hit.an_owner
from faulty
join hit using (kind, code)
group by kind, code, is_final, hour, hit.owners, hit.an_owner;
