-- Always as many rows as lines.
insert into marketplace.order_lines (order_id, line_no, seller_id, title, quantity, gross_cents)
select ${orderId}, line_no, seller_id, title, quantity, gross_cents
from unnest(${lineNos}::smallint[], ${sellerIds}::uuid[], ${titles}::text[], ${quantities}::integer[], ${grossCents}::bigint[])
  as line(line_no, seller_id, title, quantity, gross_cents)
returning line_no;
