-- No row: it had been sent, or had failed.
update fieldservice.notifications
set status = 'failed', error = ${error}, updated_at = now()
where id = ${id} and status = 'queued'
returning id;
