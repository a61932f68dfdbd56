-- No row: the export is still being made, or its file was forgotten before.
update marketplace.exports
set status = case status when 'ready' then 'deleted' else status end, file_key = null
where id = ${id} and status <> 'pending' and file_key is not null
returning id;
