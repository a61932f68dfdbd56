-- No row: the worker has none such before the cursor. The latest first.
select id, starts_at
from workforce.assignments
where tenant_id = ${tenantId} and staff_id = ${staffId} and status = any(${statuses}::text[])
  and (starts_at, id) < (${beforeAt}::timestamptz, ${beforeId}::uuid)
order by starts_at desc, id desc
limit ${limit};
