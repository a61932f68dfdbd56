-- No row: none of the watched jobs has changed since the revisions given (or they are gone).
select id, kind, version, area, owner, tenant, state, attempt, max_attempts, claim_no, isolate, cancel_requested, rev, progress, payload,
  result, fault, due_at, queued_at, worker, unique_key, request_id, trace, created_at, started_at, finished_at
from core.jobs
join unnest(${ids}::uuid[], ${revs}::integer[]) as seen(seen_id, seen_rev) on seen_id = id
where rev <> seen_rev;
