-- No row: every lease is alive, or was taken before.
update core.workers
set lost_at = now(), running = 0
where lease_until < now() and lost_at is null and stopped_at is null
returning id, name;
