-- Always one row.
insert into core.queues (kind, paused, concurrency)
values (${kind}, coalesce(${paused}::boolean, false), ${concurrency}::smallint)
on conflict (kind) do update
set paused = coalesce(${paused}::boolean, core.queues.paused), concurrency = coalesce(${concurrency}::smallint, core.queues.concurrency),
  updated_at = now()
returning kind, paused, concurrency;
