-- No row: the tenant has no such invoice.
update workforce.invoices
set document_id = ${documentId}
where tenant_id = ${tenantId} and id = ${id}
returning id;
