-- No row: the business has no such invoice.
select id, status
from workforce.invoices
where tenant_id = ${tenantId} and business_id = ${businessId} and id = ${id};
