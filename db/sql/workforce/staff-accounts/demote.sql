-- Answers no row: this only writes.
update workforce.staff_accounts
set is_primary = false
from workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and staff_accounts.staff_id = staff.id and staff_accounts.is_primary;
