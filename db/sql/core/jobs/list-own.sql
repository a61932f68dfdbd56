-- No row: no job of the window matches. The window bounds the work; a page may be short and yet have a next one.
with win as (
  select id, kind, version, area, owner, tenant, state, attempt, max_attempts, claim_no, isolate, cancel_requested, rev, progress, payload,
  result, fault, due_at, queued_at, worker, unique_key, request_id, trace, created_at, started_at, finished_at
  from core.jobs
  where owner = ${owner} and id < ${beforeId}
  order by id desc
  limit ${windowRows}
), edge as (
  select count(*) as window_rows, (select id from win order by id limit 1) as window_end from win
)
select win.*, edge.window_rows, edge.window_end
from edge left join (
  select * from win
  where (${kind}::text is null or kind = ${kind}) and (${states}::text[] is null or state = any(${states}))
    and (${retrying}::boolean is null or (attempt > 0) = ${retrying} or state <> 'pending')
    and kind = any(${kinds}::text[])
  order by id desc
  limit ${limit}
) win on true;
