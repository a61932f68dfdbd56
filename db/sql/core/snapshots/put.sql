-- Always one row.
insert into core.snapshots as snapshot (name, at, took_ms, body)
values (${name}, now(), ${tookMs}, ${body}::jsonb)
on conflict (name) do update set at = excluded.at, took_ms = excluded.took_ms, body = excluded.body
returning snapshot.name;
