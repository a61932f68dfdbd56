-- No row: the transfer is paid, or cancelled, or held already. A call that two reads did not find leaves its key burnt.
update marketplace.transfers
set status = 'held', key_seq = key_seq + case when call = 'none' then 0 else 1 end, call = 'none', absent_read_at = null, updated_at = now()
where id = ${id} and status = any(${from}::text[])
returning id;
