-- No row: there are none of these.
select id, kind, version, area, owner, tenant, state, attempt, max_attempts, claim_no, isolate, cancel_requested, rev, progress, payload,
  result, fault, due_at, queued_at, worker, unique_key, request_id, trace, created_at, started_at, finished_at
from core.jobs
where id = any(${ids}::uuid[]);
