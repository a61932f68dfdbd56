-- No row: the payment has succeeded already, and nothing undoes that.
update marketplace.orders
set payment_state = ${state}
where id = ${id} and payment_state <> 'succeeded'
returning id;
