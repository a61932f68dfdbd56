-- No row: the user has no such notification.
update workforce.notifications
set read_at = coalesce(read_at, now())
where tenant_id = ${tenantId} and user_id = ${userId} and id = ${id}
returning id, type, title, body, data, read_at, created_at;
