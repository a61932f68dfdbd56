-- Always one row.
insert into core.workers (id, name, version, kinds, lease_until)
values (${id}, ${name}, ${version}, ${kinds}, now() + ${leaseMs} * interval '1 ms')
returning id;
