-- No row: the tenant has no such verification, or, where a user is named, it is not one that they asked for.
select id, type, subject_type, subject_id, user_id, status, checks, review, created_at, updated_at
from workforce.verifications
where tenant_id = ${tenantId} and id = ${id} and (${userId}::uuid is null or user_id = ${userId});
