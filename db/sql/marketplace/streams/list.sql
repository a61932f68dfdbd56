-- No row: no stream matches, or the offset is past the last one.
select id, user_id, title, description, category, tags, is_live, started_at, ended_at, created_at, updated_at
from marketplace.streams
where ((${userId}::uuid is null and not draft) or user_id = ${userId})
  and (${isLive}::boolean is null or is_live = ${isLive})
order by id desc
limit ${limit} offset ${offset};
