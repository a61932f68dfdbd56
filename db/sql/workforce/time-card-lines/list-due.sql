-- No row: nothing is left to bill with this week: its own lines, and those that came late for a week that has its invoice.
select line.id, line.assignment_id, line.staff_id, staff.full_name, line.category, line.work_date, line.minutes, line.rate_cents, line.amount_cents
from workforce.time_card_lines line
join workforce.staff on staff.id = line.staff_id
where line.tenant_id = ${tenantId} and line.business_id = ${businessId} and line.invoice_id is null and line.work_date < ${weekStartsOn}::date + 7
  and (line.work_date >= ${weekStartsOn}::date or exists (
    select
    from workforce.invoices
    where invoices.business_id = line.business_id and invoices.week_starts_on = date_trunc('week', line.work_date::timestamp)::date
  ))
order by staff.full_name, line.staff_id, line.category, line.rate_cents, line.work_date, line.id;
