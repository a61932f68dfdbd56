-- Always one row: what the job was posted anew as, and the jobs that it was posted anew for.
select
  (select retried_as from core.jobs where id = ${id}) as retried_as,
  array(select id from core.jobs where retried_as = ${id} order by id limit 20) as retry_of;
