-- No row: the username or the e-mail address is taken.
insert into marketplace.users (id, username, email, password_hash, role)
values (${id}, ${username}, ${email}, ${passwordHash}, ${role})
on conflict do nothing
returning id, username, email, role, created_at;
