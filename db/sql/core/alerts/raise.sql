-- Always one row. `is_new` is false when the same alert was open already.
insert into core.alerts as alert (id, kind, subject, details)
values (${id}, ${kind}, ${subject}, ${details}::jsonb)
on conflict (kind, subject) where resolved_at is null do update
set details = excluded.details, count = alert.count + 1, last_raised_at = now()
returning id, (count = 1) as is_new;
