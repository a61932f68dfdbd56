-- Always one row. Null lifts the silence.
insert into core.failure_notes (kind, code, silenced_until, updated_by)
values (${kind}, ${code}, ${until}, ${by})
on conflict (kind, code) do update
set silenced_until = excluded.silenced_until, updated_by = excluded.updated_by, updated_at = now()
returning kind, code, note, case when silenced_until > now() then silenced_until end as silenced_until, updated_by, updated_at;
