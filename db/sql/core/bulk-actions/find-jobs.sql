-- Always one row: of a window of jobs with a fault, the newest first, those that a redrive touches. The window bounds the work. A fault
-- that came after the action was proposed is not among them.
with win as (
  select id, kind, fault ->> 'code' as code, owner, tenant, state, retried_as, coalesce(finished_at, started_at, created_at) as at
  from core.jobs
  where fault is not null and id < ${beforeId} and id >= ${fromId} and (${ids}::uuid[] is null or id = any(${ids}::uuid[]))
  order by id desc
  limit ${windowRows}
), fit as (
  select id, state
  from win
  where kind = ${kind} and (${code}::text is null or code = ${code})
    and (${owner}::text is null or owner = ${owner}) and (${tenant}::text is null or tenant = ${tenant})
    and ((state = 'failed' and retried_as is null) or state = 'pending')
    and at <= coalesce((select created_at from core.bulk_actions where id = ${bulkId}), now())
)
select
  (select count(*) from fit) as jobs,
  (select count(*) from fit where state = 'pending') as retrying,
  array(select id from fit order by id desc limit ${limit}) as ids,
  (select count(*) from win) as window_rows,
  (select id from win order by id limit 1) as window_end;
