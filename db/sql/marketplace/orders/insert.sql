-- No row: the buyer has made an order under this key already.
insert into marketplace.orders (id, buyer_id, currency, total_cents, transfer_group, payment_method, payment_id, idem_key, check_at)
values (${id}, ${buyerId}, ${currency}, ${totalCents}, ${transferGroup}, ${paymentMethod}, ${paymentId}, ${idemKey}, now() + ${checkInMs} * interval '1 ms')
on conflict (buyer_id, idem_key) where idem_key is not null do nothing
returning id, buyer_id, status, currency, total_cents, transfer_group, payment_method, payment_id, payment_state, captured_cents, captured_currency,
  paid_at, check_at, created_at;
