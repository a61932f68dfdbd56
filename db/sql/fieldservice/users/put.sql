-- Always one row.
insert into fieldservice.users as person (id, subject, email, display_name)
values (${id}, ${subject}, ${email}, ${displayName})
on conflict (subject) do update set email = coalesce(excluded.email, person.email),
  display_name = coalesce(nullif(excluded.display_name, ''), person.display_name)
returning id;
