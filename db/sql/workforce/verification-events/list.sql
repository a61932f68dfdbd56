-- No row: the tenant has no such verification. The first event first.
select event.seq, event.from_status, event.to_status, event.actor, event.reason, event.details, event.at
from workforce.verifications verification
join workforce.verification_events event on event.verification_id = verification.id
where verification.tenant_id = ${tenantId} and verification.id = ${id}
order by event.seq
limit ${limit};
