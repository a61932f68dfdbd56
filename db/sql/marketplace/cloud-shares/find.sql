-- No row: there is no such share.
select s.permissions, s.expires_at, extract(epoch from s.expires_at - now())::float8 as remaining_s,
  f.id, f.filename, f.mime_type, f.size_bytes, f.storage_key
from marketplace.cloud_shares s
join marketplace.cloud_files f on f.id = s.file_id
where s.token_hash = ${tokenHash};
