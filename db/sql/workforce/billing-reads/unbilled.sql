-- Always one row.
select coalesce(sum(amount_cents), 0)::bigint as cents
from workforce.time_card_lines
where tenant_id = ${tenantId} and business_id = ${businessId} and invoice_id is null;
