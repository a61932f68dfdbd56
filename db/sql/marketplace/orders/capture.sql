-- No row: the payment was captured before.
update marketplace.orders
set payment_state = 'succeeded', captured_cents = ${capturedCents}, captured_currency = ${capturedCurrency}, paid_at = now()
where id = ${id} and payment_state <> 'succeeded'
returning id;
