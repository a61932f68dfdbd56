-- No row: it was told before.
insert into marketplace.notifications (id, user_id, type, title, body, data, once_key)
values (${id}, ${userId}, ${type}, ${title}, ${body}, ${data}::jsonb, ${onceKey})
on conflict (once_key) do nothing
returning id;
