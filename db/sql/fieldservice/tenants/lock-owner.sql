-- No row: there is no such user.
select id
from fieldservice.users
where id = ${userId}
for no key update;
