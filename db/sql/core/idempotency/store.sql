-- No row: the key was taken meanwhile, by a route that leases its keys.
insert into core.idempotency (surface, actor, key, fingerprint, status, headers, body)
values (${surface}, ${actor}, ${key}, decode(${fingerprint}, 'hex'), ${status}, ${headers}::jsonb, ${body})
on conflict (surface, actor, key) do nothing
returning key;
