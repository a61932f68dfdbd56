-- No row for an item: its job is locked by somebody who is ending it, or has ended.
update core.jobs job
set progress = item.progress, rev = job.rev + 1
from unnest(${ids}::uuid[], ${claimNos}::integer[], ${values}::real[]) as item(id, claim_no, progress)
where job.id = item.id and job.claim_no = item.claim_no and job.state = 'running' and job.progress is distinct from item.progress
  and job.id in (select id from core.jobs where id = any(${ids}::uuid[]) order by id for update skip locked);
