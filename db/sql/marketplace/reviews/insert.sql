-- No row: the buyer has reviewed the product already.
insert into marketplace.reviews (id, product_id, buyer_id, order_id, rating, comment)
values (${id}, ${productId}, ${buyerId}, ${orderId}, ${rating}, ${comment})
on conflict (product_id, buyer_id) do nothing
returning id, product_id, buyer_id, order_id, rating, comment, created_at;
