-- Always one row.
select count(*) as owned
from fieldservice.tenants
where owner_user_id = ${userId};
