-- No row: nothing waits for the invoice's PDF.
select id, tenant_id
from fieldservice.notifications
where invoice_id = ${invoiceId} and status = 'queued';
