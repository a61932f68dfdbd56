-- No row: no worker has been dead for a day.
delete from core.workers
where lease_until < now() - interval '1 day'
returning id;
