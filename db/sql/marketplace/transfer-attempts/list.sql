-- No row: nothing was ever sent. A transfer has a few dozen at the very most.
select seq, direction, event, provider_key, provider_id, provider_request_id, fault_code, job_id, attempt, at
from marketplace.transfer_attempts
where transfer_id = ${transferId}
order by seq
limit 1000;
