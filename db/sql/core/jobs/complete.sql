-- No row for an item: the job was rescued or cancelled meanwhile, and this result counts for nothing.
update core.jobs job
set state = 'succeeded', result = item.result, fault = null, progress = 1, finished_at = now(), unique_key = null, rev = job.rev + 1
from (
  select done.id, done.claim_no, done.result
  from unnest(${ids}::uuid[], ${claimNos}::integer[], ${results}::jsonb[]) as done(id, claim_no, result)
  order by done.id
) item
where job.id = item.id and job.claim_no = item.claim_no and job.worker = ${worker} and job.state = 'running'
returning job.id;
