-- No row: the shift is in none of the statuses from which this move is allowed.
update workforce.shifts
set status = ${to}
where tenant_id = ${tenantId} and id = ${shiftId} and status = any(${from}::text[])
returning id;
