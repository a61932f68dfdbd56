-- No row: the export has ended before.
update marketplace.exports
set status = 'failed', failure = ${failure}, finished_at = now()
where id = ${id} and status = 'pending'
returning user_id;
