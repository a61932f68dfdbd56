-- No row: the tenant has none after that moment, or none that an employee may read.
select log.id, log.entity, log.entity_id, log.action, log.summary, log.actor,
  to_char(log.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at
from fieldservice.audit log
where log.tenant_id = ${tenantId}
  and log.created_at > coalesce(${since}::timestamptz, '-infinity')
  and log.created_at < coalesce(${before}::timestamptz, 'infinity')
  and (${everything}::boolean or log.entity <> 'finance_entry' or exists (
    select from fieldservice.records record
    where record.tenant_id = log.tenant_id and record.id = log.entity_id
      and record.payload ->> 'kind' = 'payrollEmployee' and record.payload ->> 'employeeId' = ${employeeId}::text
  ))
order by log.created_at desc
limit ${limit};
