-- No row: the user has no file after the one named.
select 'files/' || id as folder, filename, mime_type, storage_key as file_key, created_at, array[id::text] as position
from marketplace.cloud_files
where owner_id = ${userId} and id > (${after}::text[])[1]::uuid
order by id
limit ${limit};
