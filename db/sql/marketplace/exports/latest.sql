-- No row: the user has asked for none, or all have failed.
select id, status = 'pending' as running, extract(epoch from created_at + ${everyS} * interval '1 second' - now())::float8 as too_soon_s
from marketplace.exports
where user_id = ${userId} and status <> 'failed'
order by id desc
limit 1;
