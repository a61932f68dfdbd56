-- No row for an order: nobody has asked for its refund.
select distinct on (order_id) id, order_id, refund_id, asked_by, reason, details, amount_cents, currency, status, order_was, failure, created_at, settled_at
from marketplace.refunds
where order_id = any(${orderIds}::uuid[])
order by order_id, status = 'succeeded' desc, id desc;
