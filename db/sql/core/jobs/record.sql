-- No row for an item: the job was rescued, recorded or cancelled meanwhile.
with item as (
  select *
  from unnest(
    ${ids}::uuid[], ${claimNos}::integer[], ${states}::text[], ${outcomes}::text[], ${faults}::jsonb[], ${delaysMs}::bigint[],
    ${isolates}::boolean[]
  ) as ended(id, claim_no, state, outcome, fault, delay_ms, isolate)
  order by id
), recorded as (
  update core.jobs job
  set state = item.state,
    attempt = job.attempt - case when item.outcome = 'released' then 1 else 0 end,
    fault = case when item.outcome = 'released' then job.fault else item.fault end,
    due_at = case when item.state = 'pending' then now() + item.delay_ms * interval '1 ms' end,
    finished_at = case when item.state <> 'pending' then now() end,
    unique_key = case when item.state = 'pending' then job.unique_key end,
    isolate = job.isolate or item.isolate,
    rev = job.rev + 1
  from item
  where job.id = item.id and job.claim_no = item.claim_no and job.worker = ${worker} and job.state = 'running'
  returning job.id, job.claim_no, job.worker, job.started_at, item.outcome, item.fault, job.due_at,
    job.attempt + case when item.outcome = 'released' then 1 else 0 end as attempt
), logged as (
  insert into core.job_attempts (job_id, claim_no, attempt, worker, outcome, fault, started_at)
  select id, claim_no, attempt, worker, outcome, fault, started_at from recorded
)
select id, due_at from recorded;
