-- Always one row.
select count(*) as total
from marketplace.notifications
where user_id = ${userId} and (${unread}::boolean is null or (read_at is null) = ${unread});
