-- No row: the owner has no such file, or it has no version beyond the offset.
select v.id, v.file_id, v.version, v.storage_key, v.mime_type, v.size_bytes, v.sha256, v.created_at
from marketplace.cloud_file_versions v
join marketplace.cloud_files f on f.id = v.file_id
where v.file_id = ${fileId} and f.owner_id = ${ownerId}
order by v.version desc
limit ${limit} offset ${offset};
