-- No row: there is no such user.
select id
from marketplace.users
where id = ${ownerId}
for no key update;
