-- No row: nothing follows `after`. `lines` is null where all of them together are longer than `maxBytes`.
select case when sum(octet_length(lines)) over () <= ${maxBytes} or sum(rows) over () = 1 then lines end as lines, rows
from (
  select at / 100 as part, string_agg(row_to_json(page)::text, chr(10) order by at) || chr(10) as lines, count(*) as rows
  from (
    select page, row_number() over (order by created_at, id) as at
    from (
      select id, order_id, currency, amount_cents, platform_fee_cents, status, retry_count, next_retry_at, provider_transfer_id, provider_reversal_id,
        completed_at, created_at, updated_at,
        (
          select json_agg(row_to_json(line) order by line_no)
          from (
            select line_no, product_id, title, quantity, unit_cents, gross_cents, tax_rate
            from marketplace.order_lines
            where order_id = transfers.order_id and seller_id = transfers.seller_id
          ) line
        ) as sold
      from marketplace.transfers
      where seller_id = ${userId} and (created_at, id) > ((${after}::text[])[1]::timestamptz, (${after}::text[])[2]::uuid)
      order by created_at, id
      limit ${limit}
    ) page
  ) numbered
  group by part
) texts
order by part;
