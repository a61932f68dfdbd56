-- Always one row.
insert into fieldservice.tenants (id, name, owner_user_id)
values (${id}, ${name}, ${userId})
returning id, name;
