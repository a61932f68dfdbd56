-- No row: they never were a member of the tenant.
update fieldservice.memberships
set role = ${role}, employee_id = ${employeeId}, active = true,
  former_employee_ids = array_remove(
    case when employee_id is null or employee_id = any (former_employee_ids) then former_employee_ids
      else former_employee_ids || employee_id end,
    ${employeeId}::uuid)
where tenant_id = ${tenantId} and user_id = ${userId}
returning user_id;
