-- No row: they never were a member of the tenant.
select role, employee_id, active
from fieldservice.memberships
where tenant_id = ${tenantId} and user_id = ${userId}
for no key update;
