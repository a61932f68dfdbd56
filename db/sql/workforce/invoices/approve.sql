-- No row: the business has no such invoice, or it is neither open nor disputed.
update workforce.invoices
set status = 'APPROVED', approved_at = now(), updated_at = now()
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${id} and status in ('PENDING', 'DISPUTED')
returning id, status;
