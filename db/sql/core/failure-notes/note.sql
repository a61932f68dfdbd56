-- Always one row.
insert into core.failure_notes (kind, code, note, updated_by)
values (${kind}, ${code}, ${note}, ${by})
on conflict (kind, code) do update set note = excluded.note, updated_by = excluded.updated_by, updated_at = now()
returning kind, code, note, case when silenced_until > now() then silenced_until end as silenced_until, updated_by, updated_at;
