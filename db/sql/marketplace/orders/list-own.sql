-- No row: the buyer has made no order, or the offset is past the last one.
select id, buyer_id, status, currency, total_cents, transfer_group, payment_method, payment_id, payment_state, captured_cents, captured_currency,
  paid_at, check_at, created_at
from marketplace.orders
where buyer_id = ${buyerId}
order by id desc
limit ${limit} offset ${offset};
