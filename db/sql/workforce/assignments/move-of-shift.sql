-- No row: nobody in the shift is in one of these statuses.
update workforce.assignments
set status = ${to}, updated_at = now()
where tenant_id = ${tenantId} and shift_id = ${shiftId} and status = any(${from}::text[])
returning id;
