-- No row: nothing is due. Each row's due time is moved on as a lease, doubling from 5 s to 5 min with each publish.
update core.jobs job
set due_at = now() + least(300, 5 * 2 ^ least(job.nudges, 6)) * interval '1 s', nudges = least(job.nudges + 1, 30000)
from (
  select id from core.jobs
  where due_at <= now()
  order by due_at limit ${limit} for update skip locked
) due
where job.id = due.id
returning job.id, job.kind, job.attempt, job.claim_no, job.isolate;
