-- Always one row.
select count(*) as total
from marketplace.transfers
where (${status}::text is null or status = ${status})
  and (${sellerId}::uuid is null or seller_id = ${sellerId})
  and (${from}::timestamptz is null or created_at >= ${from})
  and (${to}::timestamptz is null or created_at < ${to});
