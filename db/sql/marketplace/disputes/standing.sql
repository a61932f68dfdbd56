-- No row: no dispute of the order is open or lost.
select status
from marketplace.disputes
where order_id = ${orderId} and status in ('open', 'lost')
order by status = 'lost' desc
limit 1;
