-- No row: there is no such transfer. Ends the try under way, if one is: a released one is not spent.
update marketplace.transfers
set tries = tries + case when trying and ${spent} and provider_transfer_id is null then 1 else 0 end,
  reversal_tries = reversal_tries + case when trying and ${spent} and provider_transfer_id is not null then 1 else 0 end,
  trying = false, next_retry_at = ${nextRetryAt}, updated_at = now()
where id = ${id} and status not in ('cancelled', 'completed', 'reversed')
returning tries, reversal_tries;
