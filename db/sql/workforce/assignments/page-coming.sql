-- No row: nothing like this awaits the worker beyond the cursor. A session that was never ended counts as now.
select id, starts_at
from workforce.assignments
where tenant_id = ${tenantId} and staff_id = ${staffId} and status = any(${statuses}::text[]) and (ends_at > now() or status = 'CHECKED_IN')
  and (starts_at, id) > (${afterAt}::timestamptz, ${afterId}::uuid)
order by starts_at, id
limit ${limit};
