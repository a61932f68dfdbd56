-- Always one row.
insert into core.service_keys (id, name, hash, kinds, operator)
values (${id}, ${name}, ${hash}, ${kinds}, ${operator})
returning id;
