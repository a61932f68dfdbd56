-- No row for an id: its job has moved on (its fence tells), or is moving on right now.
update core.jobs
set state = 'queued', queued_at = now(), due_at = null
where id in (
  select job.id
  from unnest(${ids}::uuid[], ${claimNos}::integer[]) as confirmed(id, claim_no)
  join core.jobs job on job.id = confirmed.id and job.claim_no = confirmed.claim_no
  where job.state = 'pending'
  order by job.id for update of job skip locked
);
