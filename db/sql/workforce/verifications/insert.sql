-- Always one row; a file of another tenant breaks the foreign key.
insert into workforce.verifications (id, tenant_id, type, subject_type, subject_id, user_id, file_id, rules, metadata)
values (${id}, ${tenantId}, ${type}, ${subjectType}, ${subjectId}, ${userId}, ${fileId}, ${rules}::jsonb, ${metadata}::jsonb)
returning id, status;
