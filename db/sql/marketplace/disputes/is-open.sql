-- Always one row.
select exists (select from marketplace.disputes where order_id = ${orderId} and status = 'open') as open;
