-- No row: none matches, or the page is past the last one. Newest first.
select verification.id, verification.tenant_id, tenant.name as tenant_name, verification.type, verification.subject_type, verification.subject_id,
  verification.status, verification.checks, verification.review, verification.created_at, verification.updated_at
from workforce.verifications verification
join workforce.tenants tenant on tenant.id = verification.tenant_id
where (${status}::text is null or verification.status = ${status})
  and (${type}::text is null or verification.type = ${type})
  and (${tenantId}::uuid is null or verification.tenant_id = ${tenantId})
  and (${beforeId}::uuid is null or verification.id < ${beforeId})
order by verification.id desc
limit ${limit};
