-- No row: this dispute has been decided, and what came late changes nothing.
insert into marketplace.disputes as dispute (id, order_id, dispute_id, status, closed_at)
values (${id}, ${orderId}, ${disputeId}, ${status}, case when ${status} = 'open' then null else now() end)
on conflict (dispute_id) do update
set status = excluded.status, closed_at = excluded.closed_at
where dispute.status = 'open' and dispute.order_id = excluded.order_id and excluded.status <> 'open'
returning id;
