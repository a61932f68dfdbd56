-- No row: the entry was never invoiced. The newest first, and the one that it took the place of.
select issued.facts_digest, invoice.id, invoice.label, invoice.subject
from fieldservice.entry_invoices issued
join core.invoices invoice on invoice.id = issued.invoice_id
where issued.tenant_id = ${tenantId} and issued.entry_id = ${entryId}
order by invoice.year desc, invoice.number desc
limit 2;
