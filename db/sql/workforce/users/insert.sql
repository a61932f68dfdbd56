-- No row: we know somebody by this identity already.
insert into workforce.users (id, identity_uid, email, phone, display_name)
values (${id}, ${identityUid}, ${email}, ${phone}, ${displayName})
on conflict (identity_uid) do nothing
returning id;
