-- Always one row.
select count(*) as total
from marketplace.cloud_files
where owner_id = ${ownerId};
