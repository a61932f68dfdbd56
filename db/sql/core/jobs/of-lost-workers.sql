-- No row: every running job's worker is alive.
select job.id, job.kind, job.version, job.area, job.owner, job.tenant, job.attempt, job.max_attempts, job.claim_no, job.payload,
  job.request_id, job.trace, job.worker, job.created_at, job.started_at, job.cancel_requested
from core.workers lost
join core.jobs job
  on job.worker = lost.id and job.started_at >= lost.busy_since - interval '1 minute' and job.state = 'running'
where lost.lost_at is not null or lost.stopped_at < now() - interval '5 s'
order by job.id
limit ${limit};
