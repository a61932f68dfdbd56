-- Always as many rows as lines.
insert into marketplace.order_lines (order_id, line_no, product_id, seller_id, title, quantity, unit_cents, gross_cents, tax_rate)
select ${orderId}, line_no, product_id, seller_id, title, quantity, unit_cents, gross_cents, tax_rate
from unnest(
  ${lineNos}::smallint[], ${productIds}::uuid[], ${sellerIds}::uuid[], ${titles}::text[], ${quantities}::integer[], ${unitCents}::bigint[],
  ${grossCents}::bigint[], ${taxRates}::numeric[]
) as line(line_no, product_id, seller_id, title, quantity, unit_cents, gross_cents, tax_rate)
returning line_no;
