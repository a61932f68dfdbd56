-- No row: the notice was withdrawn, or went with its gear.
select notice.mailed_at, gear.name, gear.warranty_expires_at::text as warranty_expires_at, gear.owner_id, owner.email
from marketplace.warranty_notices notice
join marketplace.gear on gear.id = notice.gear_id
join marketplace.users owner on owner.id = gear.owner_id
where notice.gear_id = ${gearId} and notice.ends_on = ${endsOn}::date and notice.threshold_days = ${thresholdDays};
