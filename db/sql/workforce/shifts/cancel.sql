-- No row: none of these shifts is still to begin.
update workforce.shifts
set status = 'CANCELLED'
where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and status in ('OPEN', 'FILLED')
returning id;
