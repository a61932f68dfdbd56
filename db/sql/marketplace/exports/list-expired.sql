-- No row: no file has outlived its export's time.
select id, file_key
from marketplace.exports
where file_key is not null and finished_at < now() - ${keepFailedS} * interval '1 second'
  and (status = 'failed' or finished_at < now() - ${keepS} * interval '1 second')
order by finished_at
limit ${limit};
