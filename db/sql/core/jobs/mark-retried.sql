-- No row: somebody else has taken the job up meanwhile, or it has not ended badly.
update core.jobs
set retried_as = ${retriedAs}
where id = ${id} and coalesce(retried_as, ${retriedAs}) = ${retriedAs} and state in ('failed', 'cancelled')
returning id;
