-- No row: nothing was held.
delete from core.idempotency
where surface = ${surface} and actor = ${actor} and key = ${key} and lease_until is not null
returning key;
