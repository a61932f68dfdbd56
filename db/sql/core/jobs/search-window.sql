-- Always one row: of one window of jobs, the ids of those that fit, newest first; how many rows it had, and the oldest of them. Only the
-- arm that is asked for is read. Pairs are compared as a whole, so that no other index than the one on that pair gives the order.
with win as materialized (
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as
    from core.jobs
    where ${by}::text = 'time' and id < ${beforeId}::uuid and id >= ${fromId}::uuid
    order by id desc
    limit ${windowRows}::integer
  )
  union all
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as
    from core.jobs
    where ${by}::text = 'owner' and (owner, id) < (${owner}::text, ${beforeId}::uuid) and (owner, id) >= (${owner}::text, ${fromId}::uuid)
    order by owner desc, id desc
    limit ${windowRows}::integer
  )
  union all
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as
    from core.jobs
    where ${by}::text = 'tenant' and tenant is not null
      and (tenant, id) < (${tenant}::text, ${beforeId}::uuid) and (tenant, id) >= (${tenant}::text, ${fromId}::uuid)
    order by tenant desc, id desc
    limit ${windowRows}::integer
  )
  union all
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as
    from core.jobs
    where ${by}::text = 'kind' and (kind, id) < (${kind}::text, ${beforeId}::uuid) and (kind, id) >= (${kind}::text, ${fromId}::uuid)
    order by kind desc, id desc
    limit ${windowRows}::integer
  )
  union all
  (
    select id, kind, state, attempt, owner, tenant, fault ->> 'code' as code, retried_as
    from core.jobs
    where ${by}::text = 'fault' and fault is not null and id < ${beforeId}::uuid and id >= ${fromId}::uuid
    order by id desc
    limit ${windowRows}::integer
  )
)
select
  array(
    select id
    from win
    where (${kind}::text is null or kind = ${kind})
      and (${owner}::text is null or owner = ${owner})
      and (${tenant}::text is null or tenant = ${tenant})
      and (${code}::text is null or code = ${code})
      and (${states}::text[] is null or state = any(${states}))
      and (${retrying}::boolean is null or (attempt > 0) = ${retrying} or state <> 'pending')
      and (not ${isOpen}::boolean or retried_as is null)
    order by id desc
    limit ${limit}::integer
  ) as ids,
  (select count(*) from win) as window_rows,
  (select id from win order by id limit 1) as window_end;
