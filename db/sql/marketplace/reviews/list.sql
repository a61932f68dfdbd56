-- No row: nobody has reviewed the product, there is no such product, or the offset is past the last review.
select id, product_id, buyer_id, order_id, rating, comment, created_at
from marketplace.reviews
where product_id = ${productId}
order by id desc
limit ${limit} offset ${offset};
