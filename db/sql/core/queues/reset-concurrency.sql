-- No row: nothing was ever set for the kind.
update core.queues
set concurrency = null, updated_at = now()
where kind = ${kind}
returning kind, paused, concurrency;
