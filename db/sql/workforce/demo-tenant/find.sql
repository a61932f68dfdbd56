-- No row: there is no demo tenant. The present one: each takes the place of the one before with an earlier id.
select id
from workforce.tenants
where name = ${name}
order by id
limit 1;
