-- No row: it was gone already.
update core.workers
set stopped_at = now(), running = 0, stats = ${stats}::jsonb, lease_until = least(lease_until, now())
where id = ${id}
returning id;
