-- No row: the lease was lost to another run of the same request.
update core.idempotency
set lease_until = null, status = ${status}, headers = ${headers}::jsonb, body = ${body}
where surface = ${surface} and actor = ${actor} and key = ${key} and lease_until is not null
returning key;
