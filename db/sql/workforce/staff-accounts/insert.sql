-- No row: the tenant has no such worker, or they have as many accounts as one may have. The first one is the primary one unless told otherwise.
insert into workforce.staff_accounts (id, staff_id, bank_name, account_sealed, account_last4, routing_number, account_type, is_primary)
select ${id}, staff.id, ${bankName}, ${accountSealed}, ${accountLast4}, ${routingNumber}, ${accountType},
  coalesce(${isPrimary}, not exists (select from workforce.staff_accounts where staff_id = staff.id and is_primary))
from workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
  and (select count(*) from workforce.staff_accounts where staff_id = staff.id) < ${maxAccounts}
returning id, bank_name, account_last4, routing_number, account_type, is_primary, created_at;
