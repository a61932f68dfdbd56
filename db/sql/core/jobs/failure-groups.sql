-- No row: no job is in trouble. Of each group the last 24 hours, by the hour: 23 is the present one.
select job.kind, job.fault ->> 'code' as code, job.state = 'failed' as is_final,
  floor(extract(epoch from at - date_trunc('hour', now()) + interval '23 hours') / 3600)::integer as hour,
  count(*) as jobs, min(at) as first_at, max(at) as last_at,
  (array_agg(job.id order by at desc))[1] as last_id,
  (array_agg(job.fault ->> 'message' order by at desc))[1] as last_message
from core.jobs job
cross join lateral (select coalesce(job.finished_at, job.started_at, job.created_at) as at) moment
where job.fault is not null and job.retried_as is null and job.state in ('failed', 'pending', 'queued', 'running')
group by 1, 2, 3, 4;
