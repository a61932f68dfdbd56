-- Always as many rows as people: who is known already stays who they were.
insert into workforce.users (id, identity_uid, email, phone, display_name)
select id, identity_uid, email, phone, display_name
from unnest(${ids}::uuid[], ${identityUids}::text[], ${emails}::text[], ${phones}::text[], ${displayNames}::text[])
  as person (id, identity_uid, email, phone, display_name)
on conflict (identity_uid) do update
set email = excluded.email, phone = excluded.phone, display_name = excluded.display_name
returning id, identity_uid;
