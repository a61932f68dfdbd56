-- No row: nothing is to be done. The oldest first.
select id, action, filter, reason, moves_money, state, total, done, skipped, failed, last_error, next_before, created_by, created_at,
  approved_by, started_at, ended_at, stopped_by
from core.bulk_actions
where state = 'running'
order by created_at
limit ${limit};
