-- No row: there is no such notification.
select notifications.title, notifications.body, coalesce(users.email, staff.email) as email
from workforce.notifications
join workforce.users on users.id = notifications.user_id
left join workforce.staff on staff.tenant_id = notifications.tenant_id and staff.user_id = notifications.user_id
where notifications.id = ${id};
