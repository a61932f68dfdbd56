-- No row: the transfer is not one to be reversed.
update marketplace.transfers
set status = 'reversal_pending', reversal_asked_at = coalesce(reversal_asked_at, now()), updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
