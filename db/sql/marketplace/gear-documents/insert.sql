-- No row: the gear has as many as it may have. Its owner holds its lock.
insert into marketplace.gear_documents (id, gear_id, type, filename, mime_type, size_bytes, sha256, storage_key)
select ${id}::uuid, ${gearId}::uuid, ${type}, ${filename}, ${mimeType}, ${sizeBytes}::bigint, ${sha256}, ${storageKey}
where (select count(*) from marketplace.gear_documents where gear_id = ${gearId}) < ${maxPerGear}
returning id, gear_id, type, filename, mime_type, size_bytes, sha256, storage_key, created_at;
