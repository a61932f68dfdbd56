-- Always one row.
insert into core.idempotency (surface, actor, key, fingerprint, status, headers, body)
values (${surface}, ${actor}, ${key}, decode(${fingerprint}, 'hex'), ${status}, ${headers}::jsonb, ${body})
returning key;
