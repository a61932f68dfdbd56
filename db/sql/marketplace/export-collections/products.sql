-- Always one row: `rows` is 0 when nothing follows `after`, `lines` null when they would be longer than `maxBytes`.
select case when octet_length(lines) <= ${maxBytes} or rows = 1 then lines end as lines, rows
from (
  select string_agg(row_to_json(page)::text, chr(10) order by id) || chr(10) as lines, count(*) as rows
  from (
    select id, title, description, price_cents, currency, type, tags, tax_rate, created_at, updated_at
    from marketplace.products
    where seller_id = ${userId} and id > (${after}::text[])[1]::uuid
    order by id
    limit ${limit}
  ) page
) pages;
