-- No row: they have as many addresses to send to as anybody may have at once.
insert into fieldservice.attachments (id, tenant_id, owner_type, owner_id, file_key, mime_type, size_bytes, created_by)
select ${id}::uuid, ${tenantId}::uuid, ${ownerType}, ${ownerId}::uuid, ${fileKey}, ${mimeType}, ${sizeBytes}::bigint, ${userId}::uuid
where (
  select count(*)
  from fieldservice.attachments
  where created_by = ${userId}::uuid and completed_at is null and created_at > now() - ${openForS}::integer * interval '1 second'
) < ${maxOpen}::integer
returning id;
