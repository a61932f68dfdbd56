-- No row: it is not proposed any more, or the approver is the one who proposed it.
update core.bulk_actions
set state = 'running', approved_by = ${approvedBy}, started_at = now()
where id = ${id} and state = 'proposed' and created_by <> ${approvedBy}
returning id, action, filter, reason, moves_money, state, total, done, skipped, failed, last_error, next_before, created_by, created_at,
  approved_by, started_at, ended_at, stopped_by;
