-- No row: it was stopped, or another ticker has gone further.
update core.bulk_actions
set next_before = ${nextBefore}, done = done + ${done}, skipped = skipped + ${skipped}, failed = failed + ${failed},
  last_error = coalesce(${lastError}, last_error)
where id = ${id} and state = 'running' and (next_before is null or next_before > ${nextBefore})
returning id;
