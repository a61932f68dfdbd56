-- No row: the owner has no such file.
update marketplace.cloud_files
set mime_type = ${mimeType}, size_bytes = ${sizeBytes}, sha256 = ${sha256}, storage_key = ${storageKey},
  current_version = ${version}, updated_at = now()
where id = ${id} and owner_id = ${ownerId}
returning id, filename, mime_type, size_bytes, sha256, storage_key, current_version, created_at, updated_at;
