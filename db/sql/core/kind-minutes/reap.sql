-- No row: nothing is that old.
delete from core.kind_minutes
where minute < now() - interval '8 days'
returning minute;
