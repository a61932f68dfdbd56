-- Always as many rows as invoices.
update workforce.invoices
set status = fate.status, updated_at = now(),
  approved_at = case when fate.status in ('APPROVED', 'PAID') then now() end,
  paid_at = case when fate.status = 'PAID' then now() end,
  disputed_at = case when fate.status = 'DISPUTED' then now() end,
  dispute_reason = case when fate.status = 'DISPUTED' then 'Three servers were ordered for Friday, five are billed.' end
from unnest(${ids}::uuid[], ${statuses}::text[]) as fate (id, status)
where invoices.tenant_id = ${tenantId} and invoices.id = fate.id
returning invoices.id;
