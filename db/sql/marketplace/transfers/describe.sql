-- No row: there are none of these. Newest first.
select transfer.id, transfer.order_id, transfer.seller_id, transfer.currency, transfer.amount_cents, transfer.platform_fee_cents,
  transfer.status, transfer.tries, transfer.reversal_tries, transfer.retry_count, transfer.trying, transfer.next_retry_at,
  transfer.key_seq, transfer.destination, transfer.call, transfer.absent_read_at, transfer.provider_transfer_id,
  transfer.provider_reversal_id, transfer.completed_at, transfer.reversal_asked_at, transfer.created_at, transfer.updated_at,
  orders.status as order_status, orders.total_cents as order_total_cents, orders.paid_at, orders.transfer_group,
  seller.username as seller_name, account.stripe_account_id as account_id, coalesce(account.transfers_active, false) as account_active,
  fault.event as fault_event, fault.fault_code, fault.at as fault_at
from marketplace.transfers transfer
join marketplace.orders on orders.id = transfer.order_id
join marketplace.users seller on seller.id = transfer.seller_id
left join marketplace.sellers account on account.user_id = transfer.seller_id
left join lateral (
  select attempt.event, attempt.fault_code, attempt.at
  from marketplace.transfer_attempts attempt
  where attempt.transfer_id = transfer.id and attempt.fault_code is not null
  order by attempt.seq desc
  limit 1
) fault on true
where transfer.id = any(${ids}::uuid[])
order by transfer.created_at desc, transfer.id desc;
