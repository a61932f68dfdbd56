-- Always one row. Counted no further than the limit.
select count(*) as waiting, min(read.created_at) as oldest_at
from (
  select created_at
  from workforce.verifications
  where status = ${status}
  order by id
  limit ${limit}
) read;
