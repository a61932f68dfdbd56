-- No row: they have been reaped meanwhile.
select id, kind, area, owner, tenant, state, attempt, max_attempts, progress, cancel_requested, fault, due_at, unique_key, retried_as,
  created_at, started_at, finished_at
from core.jobs
where id = any(${ids}::uuid[])
order by id desc;
