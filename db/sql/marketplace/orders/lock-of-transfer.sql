-- No row: there is no such transfer. Shared, so that the transfers of one order go on side by side; a refund's own lock waits for them all.
select id, status, transfer_group, created_at
from marketplace.orders
where id = (select order_id from marketplace.transfers where id = ${transferId})
for share;
