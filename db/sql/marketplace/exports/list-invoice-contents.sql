-- No row: after the one named, the user has no invoice whose PDF is stored.
select 'invoices/' || invoice.id as folder, label || '.pdf' as filename, 'application/pdf' as mime_type, file_key, invoice.created_at,
  array[orders.id::text, invoice.id::text] as position
from marketplace.orders
cross join lateral (
  select id, label, file_key, created_at
  from core.invoices
  where area = 'marketplace' and kind = 'invoice' and subject = orders.id::text
  union all
  select invoices.id, label, invoices.file_key, invoices.created_at
  from marketplace.refunds
  join core.invoices on area = 'marketplace' and kind = 'credit_note' and subject = refunds.id::text
  where refunds.order_id = orders.id
) invoice
where buyer_id = ${userId} and file_key is not null
  and orders.id >= (${after}::text[])[1]::uuid
  and (orders.id, invoice.id) > ((${after}::text[])[1]::uuid, (${after}::text[])[2]::uuid)
order by orders.id, invoice.id
limit ${limit};
