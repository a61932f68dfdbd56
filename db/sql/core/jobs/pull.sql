-- No row: the job isn't waiting for an attempt.
update core.jobs
set state = 'pending', due_at = now(), queued_at = null, nudges = 0, rev = rev + 1
where id = ${id} and state in ('pending', 'queued')
returning id, kind, attempt, claim_no, isolate;
