-- No row: all of them are billed.
update workforce.time_card_lines
set invoice_id = ${invoiceId}
where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and invoice_id is null
returning id;
