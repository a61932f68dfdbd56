-- Always one row. The planner isn't told the word: it takes the index whatever it is, while for a common one it would read the words of each product.
select count(*) as total
from marketplace.products
where ${search}::text is null or words @@ (select marketplace.product_query(${search}));
