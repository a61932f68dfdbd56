-- No row: the worker has named no account. The primary one first.
select account.id, account.bank_name, account.account_last4, account.routing_number, account.account_type, account.is_primary, account.created_at
from workforce.staff
join workforce.staff_accounts account on account.staff_id = staff.id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
order by account.is_primary desc, account.id desc
limit 100;
