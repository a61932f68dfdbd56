-- Always one row. The verification's row is locked by the caller, so nobody else takes the same place.
with last as (
  select seq, to_status
  from workforce.verification_events
  where verification_id = ${verificationId}
  order by seq desc
  limit 1
)
insert into workforce.verification_events (verification_id, seq, from_status, to_status, actor, reason, details)
values (${verificationId}, coalesce((select seq from last), 0) + 1, (select to_status from last), ${to}, ${actor}, ${reason}, ${details}::jsonb)
returning seq;
