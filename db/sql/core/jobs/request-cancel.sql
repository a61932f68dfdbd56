-- No row: the job isn't running.
update core.jobs
set cancel_requested = true, rev = rev + 1
where id = ${id} and state = 'running'
returning id, kind, version, area, owner, tenant, state, attempt, max_attempts, claim_no, isolate, cancel_requested, rev, progress, payload,
  result, fault, due_at, queued_at, worker, unique_key, request_id, trace, created_at, started_at, finished_at;
