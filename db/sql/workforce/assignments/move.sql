-- No row: the assignment is in none of the statuses from which this move is allowed.
update workforce.assignments
set status = ${to}, updated_at = now()
where tenant_id = ${tenantId} and id = ${id} and status = any(${from}::text[])
returning id;
