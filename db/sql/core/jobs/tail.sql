-- Always one row at least; its id is null when nothing has begun since and nothing that is watched is left. What begins is read by each live
-- worker's newest claims, so the cost is that of what happens, not of what is there. Without a moment: what runs,
-- and what was begun a moment ago.
with begun as (
  select job.id
  from core.workers worker
  cross join lateral (
    select id
    from core.jobs
    where worker = worker.id and started_at >= coalesce(${since}::timestamptz, least(worker.busy_since, now() - interval '4 s'))
    order by started_at desc
    limit ${limit}
  ) job
  where worker.seen_at > now() - interval '1 minute'
), seen as (
  select id from begun
  union
  select unnest(${watched}::uuid[])
)
select now() as at, (select count(*) from begun) as begun, job.id, job.kind, job.owner, job.state, job.attempt, job.max_attempts,
  job.claim_no, job.fault, job.due_at, job.started_at, job.finished_at
from (select) always
left join (
  select id, kind, owner, state, attempt, max_attempts, claim_no, fault, due_at, started_at, finished_at
  from core.jobs
  where id in (select id from seen)
    and (${kind}::text is null or kind = ${kind})
    and (${owner}::text is null or owner = ${owner})
) job on true
order by coalesce(job.finished_at, job.started_at);
