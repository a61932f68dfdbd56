-- No row: the address is taken.
insert into core.operators (id, email, name, password_hash, role)
values (${id}, ${email}, ${name}, ${passwordHash}, ${role})
on conflict (email) do nothing
returning id, email, name, role, created_at, disabled_at;
