-- No row: nothing of the seller's waits. What has a live job is on its way already.
select transfer.id
from marketplace.transfers transfer
join marketplace.orders on orders.id = transfer.order_id and orders.status = 'completed'
where transfer.seller_id = ${sellerId} and transfer.status = 'pending'
  and not exists (select from core.jobs where unique_key = 'transfer:' || transfer.id)
order by transfer.id
limit ${limit}
for update of transfer;
