-- No row: there is no such refund.
select id, order_id, refund_id, asked_by, reason, details, amount_cents, currency, status, order_was, failure, created_at, settled_at
from marketplace.refunds
where id = ${id};
