-- No row: everything completed in the window was met at the provider by this comparison.
select transfer.id, transfer.provider_transfer_id, transfer.amount_cents, transfer.currency, transfer.destination, transfer.status, transfer.call,
  orders.transfer_group
from marketplace.transfers transfer
join marketplace.orders on orders.id = transfer.order_id
where transfer.completed_at >= ${from} and transfer.completed_at < ${to}
  and (transfer.compared_at is null or transfer.compared_at < ${at})
  and transfer.id > ${afterId}
order by transfer.id
limit ${limit};
