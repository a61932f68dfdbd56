-- No row: the owner has no such file.
select id, filename, mime_type, size_bytes, sha256, storage_key, current_version, created_at, updated_at
from marketplace.cloud_files
where id = ${id} and owner_id = ${ownerId}
for no key update;
