-- Always one row.
insert into fieldservice.entry_invoices (tenant_id, entry_id, facts_digest, invoice_id)
values (${tenantId}, ${entryId}, ${factsDigest}, ${invoiceId})
returning invoice_id;
