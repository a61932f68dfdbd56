-- No row: nobody is assigned to these shifts.
select staff.user_id, shifts.date
from workforce.assignments
join workforce.shifts on shifts.id = assignments.shift_id
join workforce.staff on staff.id = assignments.staff_id
where assignments.tenant_id = ${tenantId} and assignments.shift_id = any(${shiftIds}::uuid[]) and assignments.status = any(${live}::text[]);
