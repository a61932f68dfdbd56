-- No row: nothing matches, or the offset is past the last match. All that match are gathered, then put in order: `offset 0` keeps the planner from
-- going through the order instead, and past all the products without the word.
select id
from (
  select id, price_cents, title_order
  from marketplace.products
  where words @@ (select marketplace.product_query(${search}))
  offset 0
) as found
order by
  case when ${sort} = 'newest' then id end desc,
  case when ${sort} = 'price_asc' then price_cents end,
  case when ${sort} = 'price_desc' then price_cents end desc,
  case when ${sort} = 'title' then title_order end,
  case when ${sort} = 'price_desc' then id end desc,
  id
limit ${limit} offset ${offset};
