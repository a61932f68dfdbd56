-- No row: nothing that only these employees, or only managers, may see. An employee sees their own pay.
select id
from fieldservice.records
where tenant_id = ${tenantId} and (
  seen_by && ${employeeIds}::uuid[]
  or (entity = 'employee' and id = any(${employeeIds}::uuid[]))
  or (${everything}::boolean and entity in ('finance_entry', 'employee'))
);
