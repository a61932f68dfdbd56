-- No row: nobody has an assignment in these shifts that could be cancelled. With `emptied`, only those to roles that nobody is needed for any more.
update workforce.assignments
set status = 'CANCELLED', updated_at = now()
from workforce.shift_roles, workforce.shifts, workforce.staff
where assignments.tenant_id = ${tenantId} and assignments.shift_id = any(${shiftIds}::uuid[]) and assignments.status = any(${from}::text[])
  and shift_roles.id = assignments.shift_role_id and (not ${emptied}::boolean or shift_roles.workers_needed = 0)
  and shifts.id = assignments.shift_id and staff.id = assignments.staff_id
returning assignments.id, staff.user_id, shifts.date;
