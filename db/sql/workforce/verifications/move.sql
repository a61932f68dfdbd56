-- No row: the tenant has no such verification, or it is in none of the statuses from which this move is allowed. What is null stays as it was.
update workforce.verifications
set status = ${to}, checks = coalesce(${checks}::jsonb, checks), review = coalesce(${review}::jsonb, review), updated_at = now()
where tenant_id = ${tenantId} and id = ${id} and status = any(${from}::text[])
returning id, updated_at;
