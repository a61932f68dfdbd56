-- No row: the key has moved on. Nothing was paid under it, and it stands for a refusal now: the next send takes a new one, and the seller's account of then.
update marketplace.transfers
set call = 'none', absent_read_at = null, key_seq = key_seq + 1, updated_at = now(),
  destination = case when provider_transfer_id is null then null else destination end
where id = ${id} and key_seq = ${keySeq} and call = 'unanswered'
returning id;
