-- Always one row.
select count(*) as shifts, coalesce(sum(lines.minutes), 0) as minutes, coalesce(sum(lines.pay_cents), 0)::bigint as total_cents,
  coalesce(sum(lines.pay_cents) filter (where invoices.status = 'PAID'), 0)::bigint as paid_cents
from workforce.time_card_lines lines
left join workforce.invoices on invoices.id = lines.invoice_id
where lines.tenant_id = ${tenantId} and lines.staff_id = ${staffId} and lines.work_date between ${startDate} and ${endDate};
