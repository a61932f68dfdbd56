-- No row: the rescue took the lease; whatever ran under it is being given to others.
update core.workers
set lease_until = now() + ${leaseMs} * interval '1 ms', seen_at = now(), running = ${running}, stats = ${stats}::jsonb,
  busy_since = coalesce(${busySince}::timestamptz, now())
where id = ${id} and lost_at is null and stopped_at is null
returning id;
