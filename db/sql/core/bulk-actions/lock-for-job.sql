-- No row: it was stopped, or another ticker has gone past this job.
select id
from core.bulk_actions
where id = ${id} and state = 'running' and (next_before is null or next_before > ${jobId})
for update;
