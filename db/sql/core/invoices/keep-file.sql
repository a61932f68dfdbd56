-- No row: the invoice has its file, which is never changed.
update core.invoices
set file_key = ${fileKey}, sha256 = ${sha256}, size_bytes = ${sizeBytes}, rendered_at = now()
where id = ${id} and file_key is null
returning id;
