-- No row: nothing of the kind has been with the broker for that long.
update core.jobs
set state = 'pending', due_at = now(), queued_at = null, nudges = 0
where id in (
  select id from core.jobs
  where kind = ${kind} and queued_at is not null and queued_at <= now() - ${olderThanMs} * interval '1 ms'
  order by queued_at limit ${limit} for update skip locked
)
returning id;
