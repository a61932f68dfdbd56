-- No row: the transfer is no longer one to be sent, or its key has moved on. From here on the key stands for exactly these parameters.
update marketplace.transfers
set trying = true, call = 'unanswered', absent_read_at = null, updated_at = now(), destination = ${destination},
  key_seq = key_seq + case when ${newKey} then 1 else 0 end
where id = ${id} and status = any(${from}::text[]) and key_seq = ${keySeq}
returning key_seq;
