-- No row: the user has no such notification.
update marketplace.notifications
set read_at = coalesce(read_at, now())
where id = ${id} and user_id = ${userId}
returning id, type, title, body, data, read_at, created_at;
