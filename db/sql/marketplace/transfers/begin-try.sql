-- No row: the transfer is no longer one to be tried.
update marketplace.transfers
set trying = true, updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
