-- No row: it is completed already, or the tenant has no such attachment.
update fieldservice.attachments
set completed_at = now()
where tenant_id = ${tenantId} and id = ${id} and completed_at is null
returning id;
