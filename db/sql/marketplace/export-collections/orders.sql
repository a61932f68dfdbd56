-- No row: nothing follows `after`. `lines` is null where all of them together are longer than `maxBytes`.
select case when sum(octet_length(lines)) over () <= ${maxBytes} or sum(rows) over () = 1 then lines end as lines, rows
from (
  select at / 100 as part, string_agg(row_to_json(page)::text, chr(10) order by at) || chr(10) as lines, count(*) as rows
  from (
    select page, row_number() over (order by id) as at
    from (
      select id, status, currency, total_cents, created_at,
        json_build_object(
          'id', payment_id, 'method', payment_method, 'state', payment_state, 'captured_cents', captured_cents,
          'captured_currency', captured_currency, 'paid_at', paid_at
        ) as payment,
        (
          select json_agg(row_to_json(line) order by line_no)
          from (
            select line_no, product_id, title, quantity, unit_cents, gross_cents, tax_rate
            from marketplace.order_lines
            where order_id = orders.id
          ) line
        ) as lines,
        (
          select coalesce(json_agg(row_to_json(refund) order by id), '[]')
          from (
            select id, refund_id, reason, case when asked_by = buyer_id then details end as details, amount_cents, currency, status, created_at, settled_at
            from marketplace.refunds
            where order_id = orders.id
          ) refund
        ) as refunds,
        (
          select coalesce(json_agg(row_to_json(dispute) order by id), '[]')
          from (
            select id, dispute_id, status, opened_at, closed_at
            from marketplace.disputes
            where order_id = orders.id
          ) dispute
        ) as disputes,
        (
          select coalesce(json_agg(row_to_json(invoice) order by id), '[]')
          from (
            select id, kind, label as number, created_at
            from core.invoices
            where area = 'marketplace' and kind = 'invoice' and subject = orders.id::text
            union all
            select invoices.id, kind, label, invoices.created_at
            from marketplace.refunds
            join core.invoices on area = 'marketplace' and kind = 'credit_note' and subject = refunds.id::text
            where refunds.order_id = orders.id
          ) invoice
        ) as invoices
      from marketplace.orders
      where buyer_id = ${userId} and id > (${after}::text[])[1]::uuid
      order by id
      limit ${limit}
    ) page
  ) numbered
  group by part
) texts
order by part;
