-- No row: nobody (further on) with an account has a transfer that waits without a job.
select user_id
from marketplace.sellers
where stripe_account_id is not null
  and (${afterUserId}::uuid is null or user_id > ${afterUserId}::uuid)
  and exists (
    select from marketplace.transfers transfer
    join marketplace.orders on orders.id = transfer.order_id and orders.status = 'completed'
    where transfer.seller_id = sellers.user_id and transfer.status = 'pending'
      and not exists (select from core.jobs where unique_key = 'transfer:' || transfer.id)
  )
order by user_id
limit ${limit};
