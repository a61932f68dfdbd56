-- No row: nothing was ever sent.
select seq, direction, event, provider_key, provider_id, provider_request_id, fault_code, job_id, attempt, at
from marketplace.transfer_attempts
where transfer_id = ${transferId}
order by seq desc
limit 1;
