-- No row: no reversal is under way.
update marketplace.transfers
set status = 'reversed', provider_reversal_id = ${providerReversalId}, call = 'none', absent_read_at = null,
  reversal_tries = reversal_tries + case when trying then 1 else 0 end, trying = false, next_retry_at = null, updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
