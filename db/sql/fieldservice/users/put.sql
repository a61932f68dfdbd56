-- Always one row.
insert into fieldservice.users (id, subject, email, display_name)
values (${id}, ${subject}, ${email}, ${displayName})
on conflict (subject) do update set email = excluded.email, display_name = excluded.display_name
returning id;
