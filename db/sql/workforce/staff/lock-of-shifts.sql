-- No row: nobody is assigned to these shifts. Until the transaction ends, nothing else takes these workers' time.
select id
from workforce.staff
where tenant_id = ${tenantId} and id in (
  select staff_id
  from workforce.assignments
  where tenant_id = ${tenantId} and shift_id = any(${shiftIds}::uuid[]) and status = any(${live}::text[])
)
order by id
for no key update;
