-- No row: the first products of the order, as many as `reach`, hold no more that match. They are gone through one by one.
select id
from (
  select id, words
  from marketplace.products
  order by
    case when ${sort} = 'newest' then id end desc,
    case when ${sort} = 'price_asc' then price_cents end,
    case when ${sort} = 'price_desc' then price_cents end desc,
    case when ${sort} = 'title' then title_order end,
    case when ${sort} = 'price_desc' then id end desc,
    id
  limit ${reach}
) as first
where ${search}::text is null or words @@ (select marketplace.product_query(${search}))
limit ${limit} offset ${offset};
