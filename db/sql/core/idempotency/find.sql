-- No row: the key is free.
select encode(fingerprint, 'hex') as fingerprint, status, headers, body, lease_until > now() as leased
from core.idempotency
where surface = ${surface} and actor = ${actor} and key = ${key};
