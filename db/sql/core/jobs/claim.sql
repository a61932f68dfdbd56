-- No row for an id: somebody else has it, the nudge is stale, or this worker's lease is gone.
update core.jobs job
set state = 'running', attempt = job.attempt + 1, claim_no = job.claim_no + 1, due_at = null, queued_at = null, nudges = 0,
  worker = ${worker}, started_at = now(), progress = null, rev = job.rev + 1
from (
  select due.id, due.attempt from unnest(${ids}::uuid[], ${attempts}::smallint[]) as due(id, attempt) order by due.id
) nudge
where job.id = nudge.id
  and job.attempt = nudge.attempt
  and job.state in ('pending', 'queued')
  and exists (select from core.workers where id = ${worker} and lease_until > now() and lost_at is null)
returning job.id, job.kind, job.version, job.area, job.owner, job.tenant, job.attempt, job.max_attempts, job.claim_no, job.payload,
  job.request_id, job.trace, job.created_at, job.started_at;
