-- No row: the transfer is in none of the statuses from which this move is allowed.
update marketplace.transfers
set status = ${to}, updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
