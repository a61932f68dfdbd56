-- No row: somebody else has begun to send it, or it has ended.
update fieldservice.notifications
set tried_at = now(), body = ${body}
where id = ${id} and status = 'queued' and tried_at is null
returning id;
