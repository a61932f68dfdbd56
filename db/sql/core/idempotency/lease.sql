-- No row: the key is taken and its lease alive, or it was answered.
insert into core.idempotency as taken (surface, actor, key, fingerprint, lease_until)
values (${surface}, ${actor}, ${key}, decode(${fingerprint}, 'hex'), now() + ${leaseMs} * interval '1 ms')
on conflict (surface, actor, key) do update
set lease_until = excluded.lease_until
where taken.lease_until < now() and taken.fingerprint = excluded.fingerprint
returning key;
