-- No row: nothing follows `after`. `lines` is null where all of them together are longer than `maxBytes`.
select case when sum(octet_length(lines)) over () <= ${maxBytes} or sum(rows) over () = 1 then lines end as lines, rows
from (
  select at / 100 as part, string_agg(row_to_json(page)::text, chr(10) order by at) || chr(10) as lines, count(*) as rows
  from (
    select page, row_number() over (order by id) as at
    from (
      select id, title, description, price_cents, currency, type, tags, tax_rate, created_at, updated_at
      from marketplace.products
      where seller_id = ${userId} and id > (${after}::text[])[1]::uuid
      order by id
      limit ${limit}
    ) page
  ) numbered
  group by part
) texts
order by part;
