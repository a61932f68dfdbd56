-- Always one row: that of the identity, new or as it was but for what the provider knows better.
insert into workforce.users (id, identity_uid, email, phone, display_name)
values (${id}, ${identityUid}, ${email}, ${phone}, ${displayName})
on conflict (identity_uid) do update
set phone = coalesce(excluded.phone, users.phone), email = coalesce(excluded.email, users.email)
returning id, email, phone, display_name;
