-- No row: there is none before this id. Ids of version 7 are in the order of time.
select id, action, filter, reason, moves_money, state, total, done, skipped, failed, last_error, next_before, created_by, created_at,
  approved_by, started_at, ended_at, stopped_by
from core.bulk_actions
where id < ${beforeId}
order by id desc
limit ${limit};
