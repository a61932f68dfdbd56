-- No row: the user has none that match, beyond the offset.
select id, type, title, body, data, read_at, created_at
from marketplace.notifications
where user_id = ${userId} and (${unread}::boolean is null or (read_at is null) = ${unread})
order by id desc
limit ${limit} offset ${offset};
