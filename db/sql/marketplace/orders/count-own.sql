-- Always one row.
select count(*) as total
from marketplace.orders
where buyer_id = ${buyerId};
