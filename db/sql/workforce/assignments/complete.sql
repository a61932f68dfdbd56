-- No row: none of these assignments is one whose work is done and not yet billed.
update workforce.assignments
set status = 'COMPLETED', updated_at = now()
where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and status = any(${from}::text[])
returning id;
