-- No row for an id: its job has moved on, or is moving on right now.
update core.jobs
set state = 'queued', queued_at = now(), due_at = null
where id in (
  select id from core.jobs where id = any(${ids}::uuid[]) and state = 'pending' and due_at is not null
  order by id for update skip locked
);
