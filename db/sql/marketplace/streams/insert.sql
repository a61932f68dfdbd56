-- Always one row.
insert into marketplace.streams (id, user_id, title, description, category, tags)
values (${id}, ${userId}, ${title}, ${description}, ${category}, ${tags})
returning id, user_id, title, description, category, tags, is_live, started_at, ended_at, created_at, updated_at;
