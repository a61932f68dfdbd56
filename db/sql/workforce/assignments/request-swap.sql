-- No row: the assignment is in none of the statuses in which a swap may be asked for.
update workforce.assignments
set status = 'SWAP_REQUESTED', swap_reason = ${reason}, swap_requested_at = now(), updated_at = now()
where tenant_id = ${tenantId} and id = ${id} and status = any(${from}::text[])
returning id;
