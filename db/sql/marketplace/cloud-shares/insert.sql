-- No row: the owner has no such file.
insert into marketplace.cloud_shares (token_hash, file_id, permissions, expires_at)
select ${tokenHash}, id, ${permissions}, now() + ${expiresInHours} * interval '1 hour'
from marketplace.cloud_files
where id = ${fileId} and owner_id = ${ownerId}
returning expires_at;
