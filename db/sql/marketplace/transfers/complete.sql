-- No row: the transfer is not one that can still be paid.
update marketplace.transfers
set status = 'completed', provider_transfer_id = ${providerTransferId}, completed_at = now(), call = 'none', absent_read_at = null,
  tries = tries + case when trying then 1 else 0 end, trying = false, next_retry_at = null, updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
