-- Always one row. One that needs no approval runs from now on.
insert into core.bulk_actions (id, action, filter, reason, moves_money, state, total, created_by, started_at)
values (
  ${id}, 'redrive', ${filter}::jsonb, ${reason}, ${movesMoney}, case when ${movesMoney} then 'proposed' else 'running' end, ${total},
  ${createdBy}, case when not ${movesMoney} then now() end
)
returning id, action, filter, reason, moves_money, state, total, done, skipped, failed, last_error, next_before, created_by, created_at,
  approved_by, started_at, ended_at, stopped_by;
