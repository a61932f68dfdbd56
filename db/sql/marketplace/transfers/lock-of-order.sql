-- No row: the order has no transfers.
select id, order_id, seller_id, currency, amount_cents, platform_fee_cents, status, tries, reversal_tries, retry_count, trying, next_retry_at,
  key_seq, destination, call, absent_read_at, provider_transfer_id, provider_reversal_id, completed_at, reversal_asked_at, created_at, updated_at
from marketplace.transfers
where order_id = ${orderId}
order by id
for update;
