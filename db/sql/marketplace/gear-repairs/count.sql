-- Always one row.
select count(*) as total
from marketplace.gear_repairs repair
join marketplace.gear on gear.id = repair.gear_id and gear.owner_id = ${ownerId}
where repair.gear_id = ${gearId};
