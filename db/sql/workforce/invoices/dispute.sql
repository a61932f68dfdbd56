-- No row: the business has no such invoice, or it isn't open.
update workforce.invoices
set status = 'DISPUTED', dispute_reason = ${reason}, disputed_at = now(), updated_at = now()
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${id} and status = 'PENDING'
returning id, status;
