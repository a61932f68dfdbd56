-- No row: they were a member of the tenant before, and may still be.
insert into fieldservice.memberships (tenant_id, user_id, role, employee_id)
values (${tenantId}, ${userId}, ${role}, ${employeeId})
on conflict (tenant_id, user_id) do nothing
returning user_id;
