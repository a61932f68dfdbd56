-- No row: the business has no (further) invoice in one of these statuses.
select invoices.id, document.label as number, invoices.week_starts_on, invoices.status, invoices.currency, invoices.total_cents, invoices.dispute_reason,
  invoices.approved_at, invoices.disputed_at, invoices.paid_at, invoices.created_at
from workforce.invoices
left join core.invoices document on document.id = invoices.document_id
where invoices.tenant_id = ${tenantId} and invoices.business_id = ${businessId} and invoices.status = any(${statuses}::text[])
  and (${afterId}::uuid is null or invoices.id < ${afterId}::uuid)
order by invoices.id desc
limit ${limit};
