-- No row for an id: the claim that was sent did not happen, or its job has ended since.
select job.id, job.kind, job.version, job.area, job.owner, job.tenant, job.attempt, job.max_attempts, job.claim_no, job.payload,
  job.request_id, job.trace, job.created_at, job.started_at
from unnest(${ids}::uuid[], ${attempts}::smallint[]) as sent(id, attempt)
join core.jobs job on job.id = sent.id and job.attempt = sent.attempt + 1
where job.worker = ${worker} and job.state = 'running';
