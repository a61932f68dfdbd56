-- Always as many rows as shares; `payable` says whether the seller's account can receive the money now.
with made as (
  insert into marketplace.transfers (id, order_id, seller_id, currency, amount_cents, platform_fee_cents)
  select id, ${orderId}, seller_id, ${currency}, amount_cents, platform_fee_cents
  from unnest(${ids}::uuid[], ${sellerIds}::uuid[], ${amountsCents}::bigint[], ${feesCents}::bigint[])
    as share(id, seller_id, amount_cents, platform_fee_cents)
  returning id, seller_id
)
select made.id, made.seller_id, coalesce(seller.transfers_active, false) as payable
from made
left join marketplace.sellers seller on seller.user_id = made.seller_id
order by made.id;
