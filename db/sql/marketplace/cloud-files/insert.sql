-- Always one row.
insert into marketplace.cloud_files (id, owner_id, filename, mime_type, size_bytes, sha256, storage_key)
values (${id}, ${ownerId}, ${filename}, ${mimeType}, ${sizeBytes}, ${sha256}, ${storageKey})
returning id, filename, mime_type, size_bytes, sha256, storage_key, current_version, created_at, updated_at;
