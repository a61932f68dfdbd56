-- No row: the job has been claimed or has ended.
update core.jobs
set state = ${state}, fault = ${fault}::jsonb, due_at = null, queued_at = null, unique_key = null, finished_at = now(), rev = rev + 1
where id = ${id} and state in ('pending', 'queued')
returning id, kind, version, area, owner, tenant, state, attempt, max_attempts, claim_no, isolate, cancel_requested, rev, progress, payload,
  result, fault, due_at, queued_at, worker, unique_key, request_id, trace, created_at, started_at, finished_at;
