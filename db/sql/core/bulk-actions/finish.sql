-- No row: it has ended already. Jobs that fitted at first and were not met any more count as skipped.
update core.bulk_actions
set state = 'done', ended_at = now(), skipped = greatest(skipped, total - done - failed)
where id = ${id} and state = 'running'
returning id, action, filter, reason, moves_money, state, total, done, skipped, failed, last_error, next_before, created_by, created_at,
  approved_by, started_at, ended_at, stopped_by;
