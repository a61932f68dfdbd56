-- Always one row. Call it with the transfer's row locked: the lock is what makes the sequence.
insert into marketplace.transfer_attempts
  (transfer_id, seq, direction, event, provider_key, provider_id, provider_request_id, fault_code, job_id, attempt)
select ${transferId}, coalesce(max(seq), 0) + 1, ${direction}, ${event}, ${providerKey}, ${providerId}, ${providerRequestId}, ${faultCode},
  ${jobId}, ${attempt}
from marketplace.transfer_attempts
where transfer_id = ${transferId}
returning seq;
