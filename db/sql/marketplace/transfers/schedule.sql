-- No row: the transfer has nothing left to retry.
update marketplace.transfers
set next_retry_at = now(), updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
