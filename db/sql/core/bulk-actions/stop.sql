-- No row: it has ended. Waits for the job that is under way.
update core.bulk_actions
set state = 'stopped', stopped_by = ${stoppedBy}, ended_at = now()
where id = ${id} and state in ('proposed', 'running')
returning id, action, filter, reason, moves_money, state, total, done, skipped, failed, last_error, next_before, created_by, created_at,
  approved_by, started_at, ended_at, stopped_by;
