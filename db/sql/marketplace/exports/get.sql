-- No row: there is no such export.
select id, user_id, status, file_key, created_at
from marketplace.exports
where id = ${id};
