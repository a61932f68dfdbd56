-- No row: none is proposed or running, and none ended in the last five minutes.
select id, action, filter, reason, moves_money, state, total, done, skipped, failed, last_error, next_before, created_by, created_at,
  approved_by, started_at, ended_at, stopped_by
from core.bulk_actions
where state in ('proposed', 'running') or ended_at > now() - interval '5 minutes'
order by created_at desc
limit 50;
