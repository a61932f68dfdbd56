-- No row: there is no such alert, or it was closed already.
update core.alerts
set resolved_at = now()
where id = ${id} and resolved_at is null
returning id, kind, subject, details, count, raised_at, last_raised_at;
