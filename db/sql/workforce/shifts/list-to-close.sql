-- No row: every shift that is over is completed or cancelled, or somebody is still clocked in.
select id, tenant_id, ends_at
from workforce.shifts
where status in ('OPEN', 'FILLED', 'ACTIVE') and ends_at <= now() - interval '1 hour' and (ends_at, id) > (${afterEndsAt}::timestamptz, ${afterId}::uuid)
  and not exists (select from workforce.assignments where assignments.shift_id = shifts.id and assignments.status = 'CHECKED_IN')
order by ends_at, id
limit ${limit};
