-- No row: nothing final is older than the cut. Version-7 ids keep the oldest rows at the left edge of the primary key.
delete from core.jobs
where id in (
  select id from core.jobs
  where id < ${beforeId} and finished_at < now() - ${keepMs} * interval '1 ms'
  order by id limit ${limit} for update skip locked
)
returning id;
