-- Always one row.
select count(*) as total
from marketplace.gear
where owner_id = ${ownerId};
