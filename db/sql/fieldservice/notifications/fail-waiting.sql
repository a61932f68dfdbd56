-- No row: nothing waits for the invoice's PDF.
update fieldservice.notifications
set status = 'failed', error = ${error}, updated_at = now()
where invoice_id = ${invoiceId} and status = 'queued'
returning id;
