-- Always one row.
select count(*) as total
from marketplace.streams
where ((${userId}::uuid is null and not draft) or user_id = ${userId})
  and (${isLive}::boolean is null or is_live = ${isLive});
