-- No row: nobody (further on) waits for an account.
select user_id
from marketplace.sellers
where stripe_account_id is not null
  and not transfers_active
  and (${afterUserId}::uuid is null or user_id > ${afterUserId}::uuid)
  and exists (
    select from marketplace.transfers
    where transfers.seller_id = sellers.user_id and transfers.status = 'pending'
  )
order by user_id
limit ${limit};
