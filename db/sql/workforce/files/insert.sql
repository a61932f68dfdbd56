-- Always one row.
insert into workforce.files (id, tenant_id, user_id, storage_key, filename, content_type, size_bytes, sha256, visibility, category)
values (${id}, ${tenantId}, ${userId}, ${storageKey}, ${filename}, ${contentType}, ${sizeBytes}, ${sha256}, ${visibility}, ${category})
returning id, storage_key, filename, content_type, size_bytes, visibility, created_at;
