-- No row: there is no such order, or the user is neither its buyer nor one of its sellers.
select id, buyer_id, status, currency, total_cents, transfer_group, payment_method, payment_id, payment_state, captured_cents, captured_currency,
  paid_at, check_at, created_at
from marketplace.orders
where id = ${id}
  and (buyer_id = ${userId} or exists (select from marketplace.order_lines where order_id = ${id} and seller_id = ${userId}));
