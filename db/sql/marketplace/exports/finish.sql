-- No row: the export has ended before.
update marketplace.exports
set status = 'ready', file_key = ${fileKey}, size_bytes = ${sizeBytes}, sha256 = ${sha256}, finished_at = now()
where id = ${id} and status = 'pending'
returning user_id, finished_at + ${linkS} * interval '1 second' as expires_at;
