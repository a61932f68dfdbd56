-- No row: no transfer matches, or the offset is past the last one.
select id, order_id, seller_id, currency, amount_cents, platform_fee_cents, status, tries, reversal_tries, retry_count, trying, next_retry_at,
  key_seq, destination, call, absent_read_at, provider_transfer_id, provider_reversal_id, completed_at, reversal_asked_at, created_at, updated_at
from marketplace.transfers
where (${status}::text is null or status = ${status})
  and (${sellerId}::uuid is null or seller_id = ${sellerId})
  and (${from}::timestamptz is null or created_at >= ${from})
  and (${to}::timestamptz is null or created_at < ${to})
order by created_at desc, id desc
limit ${limit} offset ${offset};
