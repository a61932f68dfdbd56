-- No row: the same person has left the same trace within the hour.
insert into core.audit (id, actor, action, subject, affected)
select ${id}, ${actor}, ${action}, ${subject}, 1
where not exists (
  select from core.audit
  where subject = ${subject} and at > now() - interval '1 hour' and actor = ${actor} and action = ${action}
)
returning id;
