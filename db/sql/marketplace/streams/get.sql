-- No row: there is no such stream.
select id, user_id, title, description, category, tags, is_live, started_at, ended_at, created_at, updated_at
from marketplace.streams
where id = ${id} and not draft;
