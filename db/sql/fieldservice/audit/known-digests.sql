-- No row: the tenant has none of these changes.
select encode(change_digest, 'hex') as digest
from fieldservice.audit
where tenant_id = ${tenantId} and change_digest in (select decode(hex, 'hex') from unnest(${digests}::text[]) as hex);
