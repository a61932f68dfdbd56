-- No row: the key is free.
select job.id, encode(job.fingerprint, 'hex') as fingerprint
from core.jobs job
where job.owner = ${owner} and job.idem_key = ${idemKey};
