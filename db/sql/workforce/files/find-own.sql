-- No row: the user has no such file in this tenant.
select id, storage_key, filename, content_type, size_bytes, visibility, created_at
from workforce.files
where tenant_id = ${tenantId} and user_id = ${userId} and storage_key = ${storageKey} and visibility = ${visibility};
