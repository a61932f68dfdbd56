-- No row: the business has no (further) account.
select id, bank_name, account_last4, routing_number, account_type, is_primary
from workforce.business_accounts
where tenant_id = ${tenantId} and business_id = ${businessId} and (${afterId}::uuid is null or id < ${afterId}::uuid)
order by id desc
limit ${limit};
