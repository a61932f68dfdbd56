-- No row: the user has no such export.
select id, user_id, status, file_key, size_bytes, sha256, created_at, finished_at,
  case when status = 'ready' then finished_at + ${linkS} * interval '1 second' end as expires_at,
  case when status = 'ready' then extract(epoch from finished_at + ${linkS} * interval '1 second' - now())::float8 else 0 end as link_left_s
from marketplace.exports
where id = ${id} and user_id = ${userId};
