-- No row: there is no such verification. The holder is the worker whom it is about, else whoever asked; without a profile, that is null.
select verification.id, verification.tenant_id, tenant.name as tenant_name, verification.type, verification.subject_type, verification.subject_id,
  verification.user_id, verification.status, verification.checks, verification.review, verification.rules, verification.metadata,
  verification.created_at, verification.updated_at, file.storage_key, file.filename, file.content_type, file.size_bytes, file.sha256,
  holder.full_name as holder_name, holder.date_of_birth as holder_born_on
from workforce.verifications verification
join workforce.tenants tenant on tenant.id = verification.tenant_id
join workforce.files file on file.tenant_id = verification.tenant_id and file.id = verification.file_id
left join workforce.staff holder on holder.tenant_id = verification.tenant_id and holder.id = case
  when verification.subject_type = any(${staffSubjects}::text[]) and verification.subject_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then verification.subject_id::uuid
  else (select id from workforce.staff where tenant_id = verification.tenant_id and user_id = verification.user_id)
end
where verification.id = ${id};
