-- No row: where it goes was fixed when it was sent.
update marketplace.transfers
set destination = ${destination}, updated_at = now()
where id = ${id} and destination is null
returning id;
