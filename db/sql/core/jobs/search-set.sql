-- Always one row: of a set of jobs that is small by nature, the ids of those that fit, newest first, and how many rows were read of it:
-- as many as the limit says, and there are more. Only the arm that is asked for is read: jobs by id, by their unique key, those that
-- wait, or those that a living worker holds, of which it has told when the oldest was started.
with win as materialized (
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as, unique_key
    from core.jobs
    where ${by}::text = 'ids' and id = any(${ids}::uuid[])
  )
  union all
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as, unique_key
    from core.jobs
    where ${by}::text = 'uniqueKey' and unique_key = ${uniqueKey}::text
  )
  union all
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as, unique_key
    from core.jobs
    where ${by}::text = 'waiting' and due_at is not null
    order by due_at
    limit ${setRows}::integer
  )
  union all
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as, unique_key
    from core.jobs
    where ${by}::text = 'waiting' and queued_at is not null
    order by kind, queued_at
    limit ${setRows}::integer
  )
  union all
  (
    select held.id, held.kind, held.state, held.attempt, held.owner, held.tenant, held.code, held.retried_as, held.unique_key
    from core.workers worker
    cross join lateral (
      select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as, unique_key
      from core.jobs
      where ${by}::text = 'running' and jobs.worker = worker.id and jobs.started_at >= worker.busy_since - interval '1 s'
      order by jobs.started_at
      limit ${setRows}::integer
    ) held
    where coalesce(worker.stopped_at, worker.lost_at, now()) > now() - interval '1 minute'
    limit ${setRows}::integer
  )
)
select
  array(
    select id
    from win
    where id < ${beforeId}::uuid and id >= ${fromId}::uuid
      and (${uniqueKey}::text is null or unique_key = ${uniqueKey})
      and (${kind}::text is null or kind = ${kind})
      and (${owner}::text is null or owner = ${owner})
      and (${tenant}::text is null or tenant = ${tenant})
      and (${code}::text is null or code = ${code})
      and (${states}::text[] is null or state = any(${states}))
      and (${retrying}::boolean is null or (attempt > 0) = ${retrying} or state <> 'pending')
      and (not ${isOpen}::boolean or retried_as is null)
    order by id desc
    limit ${limit}::integer
  ) as ids,
  (select count(*) from win) as rows_read;
