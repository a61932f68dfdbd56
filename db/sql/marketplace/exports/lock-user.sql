-- No row: there is no such user.
select id
from marketplace.users
where id = ${userId}
for no key update;
