-- No row: every shift is still to begin.
update workforce.shifts
set status = case when ends_at <= ${now} then 'COMPLETED' else 'ACTIVE' end
where tenant_id = ${tenantId} and starts_at <= ${now}
returning id, order_id;
