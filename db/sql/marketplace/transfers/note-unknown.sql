-- No row: the key has moved on, or the call is settled.
update marketplace.transfers
set call = 'unknown', absent_read_at = null, updated_at = now()
where id = ${id} and key_seq = ${keySeq} and call = 'unanswered'
returning id;
