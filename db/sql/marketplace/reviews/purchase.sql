-- No row: the buyer has no completed order with the product.
select id
from marketplace.orders
where buyer_id = ${buyerId} and status = 'completed'
  and exists (select from marketplace.order_lines where order_id = orders.id and product_id = ${productId})
order by id desc
limit 1;
