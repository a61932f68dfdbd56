-- No row: no transfer of that name is in one of these statuses, or the page is past the last one.
select id
from marketplace.transfers
where status = any(${statuses}::text[])
  and (${id}::uuid is null or id = ${id})
  and (${providerId}::text is null or provider_transfer_id = ${providerId} or provider_reversal_id = ${providerId})
  and (${orderId}::uuid is null or order_id = ${orderId})
  and (${sellerId}::uuid is null or seller_id = ${sellerId})
  and (${beforeId}::uuid is null or (created_at, id)
    < ((select created_at from marketplace.transfers where id = ${beforeId}::uuid), ${beforeId}::uuid))
order by created_at desc, id desc
limit ${limit};
