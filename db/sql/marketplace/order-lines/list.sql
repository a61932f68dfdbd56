-- No row: there are no such orders.
select line.order_id, line.line_no, line.product_id, line.seller_id, users.username as seller_name, line.title, line.quantity, line.unit_cents,
  line.gross_cents, line.tax_rate::float8 as tax_rate
from marketplace.order_lines line
join marketplace.users on users.id = line.seller_id
where line.order_id = any(${orderIds}::uuid[])
order by line.order_id, line.line_no;
