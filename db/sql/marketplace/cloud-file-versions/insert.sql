-- Always one row. The file is locked by its caller, so that no two take one number.
insert into marketplace.cloud_file_versions (id, file_id, version, storage_key, mime_type, size_bytes, sha256)
select ${id}::uuid, ${fileId}::uuid, coalesce(max(version), 0) + 1, ${storageKey}, ${mimeType}, ${sizeBytes}::bigint, ${sha256}
from marketplace.cloud_file_versions
where file_id = ${fileId}
returning id, file_id, version, storage_key, mime_type, size_bytes, sha256, created_at;
