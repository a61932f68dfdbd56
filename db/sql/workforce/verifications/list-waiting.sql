-- No row: nothing in this status waits, or the page is past the last one. Oldest first, along the index of the queue.
select verification.id, verification.tenant_id, tenant.name as tenant_name, verification.type, verification.subject_type, verification.subject_id,
  verification.status, verification.checks, verification.review, verification.created_at, verification.updated_at
from workforce.verifications verification
join workforce.tenants tenant on tenant.id = verification.tenant_id
where verification.status = ${status}
  and (${type}::text is null or verification.type = ${type})
  and (${tenantId}::uuid is null or verification.tenant_id = ${tenantId})
  and (${afterId}::uuid is null or verification.id > ${afterId})
order by verification.id
limit ${limit};
