-- Answers no row: this only writes.
insert into workforce.tenants (id, name)
values (${id}, ${name});
