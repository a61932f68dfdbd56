-- No row: every attempt so far succeeded, or none has ended.
select claim_no, attempt, worker, outcome, fault, started_at, ended_at
from core.job_attempts
where job_id = ${jobId}
order by ended_at;
