-- No row: the owner has no file beyond the offset.
select id, filename, mime_type, size_bytes, sha256, storage_key, current_version, created_at, updated_at
from marketplace.cloud_files
where owner_id = ${ownerId}
order by id desc
limit ${limit} offset ${offset};
