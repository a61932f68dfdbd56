-- No row: there is no such notification.
select notification.id, notification.tenant_id, notification.invite_id, notification.channel, notification.recipient, notification.subject,
  notification.body, notification.status, notification.tried_at, notification.invoice_id, invoice.label as invoice_label, invoice.file_key
from fieldservice.notifications notification
left join core.invoices invoice on invoice.id = notification.invoice_id
where notification.id = ${id};
