-- Always one row.
select count(*) as total
from marketplace.gear_documents document
join marketplace.gear on gear.id = document.gear_id and gear.owner_id = ${ownerId}
where document.gear_id = ${gearId};
