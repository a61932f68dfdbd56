-- No row: the tenant has no such attachment.
select id, owner_type, owner_id, file_key, mime_type, size_bytes, created_by, completed_at
from fieldservice.attachments
where tenant_id = ${tenantId} and id = ${id};
