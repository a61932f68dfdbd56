-- No row: the job was taken up or has ended meanwhile, or its fault came after the action was proposed.
select id
from core.jobs
where id = ${id} and fault is not null and ((state = 'failed' and retried_as is null) or state = 'pending')
  and coalesce(finished_at, started_at, created_at) <= (select created_at from core.bulk_actions where id = ${bulkId})
for update;
