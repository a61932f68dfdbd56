-- No row: the owner has no such file, or it has no such version.
select v.id, v.file_id, v.version, v.storage_key, v.mime_type, v.size_bytes, v.sha256, v.created_at
from marketplace.cloud_file_versions v
join marketplace.cloud_files f on f.id = v.file_id
where v.file_id = ${fileId} and v.version = ${version} and f.owner_id = ${ownerId};
