-- No row: the user has none that match, after the cursor.
select id, type, title, body, data, read_at, created_at
from workforce.notifications
where user_id = ${userId} and tenant_id = ${tenantId} and (${unread}::boolean is null or (read_at is null) = ${unread})
  and (${afterId}::uuid is null or id < ${afterId})
order by id desc
limit ${limit};
