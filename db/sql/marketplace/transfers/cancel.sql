-- No row: the transfer is not held.
update marketplace.transfers
set status = 'cancelled', next_retry_at = null, updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
