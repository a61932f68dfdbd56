-- No row: there is no such transfer.
select transfer.id, transfer.order_id, transfer.seller_id, transfer.currency, transfer.amount_cents, transfer.platform_fee_cents,
  transfer.status, transfer.tries, transfer.reversal_tries, transfer.retry_count, transfer.trying, transfer.next_retry_at,
  transfer.key_seq, transfer.destination, transfer.call, transfer.absent_read_at, transfer.provider_transfer_id,
  transfer.provider_reversal_id, transfer.completed_at, transfer.reversal_asked_at, transfer.created_at, transfer.updated_at,
  seller.stripe_account_id as account_id, coalesce(seller.transfers_active, false) as account_active
from marketplace.transfers transfer
left join marketplace.sellers seller on seller.user_id = transfer.seller_id
where transfer.id = ${id}
for update of transfer;
