-- Always one row.
insert into core.audit (id, actor, action, subject, reason, affected, details)
values (${id}, ${actor}, ${action}, ${subject}, ${reason}, ${affected}, ${details}::jsonb)
returning id;
