-- No row: no such user.
select id, username, email, role, created_at
from marketplace.users
where id = ${id};
