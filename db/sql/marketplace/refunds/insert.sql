-- No row: the order has a refund that is under way or done.
insert into marketplace.refunds (id, order_id, refund_id, asked_by, reason, details, amount_cents, currency, order_was, check_at)
values (${id}, ${orderId}, ${refundId}, ${askedBy}, ${reason}, ${details}, ${amountCents}, ${currency}, ${orderWas}, now() + ${checkInMs} * interval '1 ms')
on conflict (order_id) where status in ('pending', 'succeeded') do nothing
returning id, order_id, refund_id, asked_by, reason, details, amount_cents, currency, status, order_was, failure, created_at, settled_at;
