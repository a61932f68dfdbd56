-- Always one row.
insert into marketplace.orders (id, buyer_id, status, currency, total_cents, transfer_group, paid_at)
values (${id}, ${buyerId}, 'completed', ${currency}, ${totalCents}, ${transferGroup}, now())
returning id;
