-- No row: the user has no such stream.
update marketplace.streams
set title = ${title}, description = ${description}, category = ${category}, tags = ${tags}, draft = false, updated_at = now()
where id = ${id} and user_id = ${userId}
returning id, user_id, title, description, category, tags, is_live, started_at, ended_at, created_at, updated_at;
