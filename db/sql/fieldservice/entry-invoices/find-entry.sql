-- No row: the tenant has no such entry, it is no invoice to a client, or it was deleted.
select entry.id, entry.tenant_id, tenant.name as tenant_name, entry.payload ->> 'title' as title, entry.amount::text as amount,
  entry.payload ->> 'currency' as currency, entry.payload ->> 'dueDate' as due_date, client.payload as client
from fieldservice.records entry
join fieldservice.tenants tenant on tenant.id = entry.tenant_id
left join fieldservice.records client on client.tenant_id = entry.tenant_id and client.id = (entry.payload ->> 'clientId')::uuid
  and client.entity = 'client' and client.deleted_at is null
where entry.tenant_id = ${tenantId} and entry.id = ${entryId} and entry.entity = 'finance_entry'
  and entry.payload ->> 'kind' = 'invoiceClient' and entry.deleted_at is null;
