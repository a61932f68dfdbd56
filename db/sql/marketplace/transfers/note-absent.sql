-- No row: nothing is unknown. The first of the reads is the one that is kept.
update marketplace.transfers
set absent_read_at = coalesce(absent_read_at, clock_timestamp()), updated_at = now()
where id = ${id} and key_seq = ${keySeq} and call <> 'none'
returning id;
