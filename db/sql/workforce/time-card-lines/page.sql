-- No row: the worker has no line in these days before the cursor. The latest first.
select lines.id, lines.assignment_id, lines.work_date, lines.category as role_name, lines.minutes, lines.pay_rate_cents, lines.pay_cents,
  hubs.name as hub_name, businesses.name as business_name, orders.event_name, attendance.clock_in_at, attendance.clock_out_at,
  case when lines.invoice_id is null then 'PENDING' when invoices.status = 'PAID' then 'PAID' else 'PROCESSING' end as payment_status
from workforce.time_card_lines lines
join workforce.hubs on hubs.id = lines.hub_id
join workforce.businesses on businesses.id = lines.business_id
join workforce.assignments on assignments.id = lines.assignment_id
join workforce.shifts on shifts.id = assignments.shift_id
join workforce.orders on orders.id = shifts.order_id
join workforce.attendance on attendance.assignment_id = lines.assignment_id
left join workforce.invoices on invoices.id = lines.invoice_id
where lines.tenant_id = ${tenantId} and lines.staff_id = ${staffId} and lines.work_date between ${startDate} and ${endDate}
  and (lines.work_date, lines.id) < (${beforeDate}::date, ${beforeId}::uuid)
order by lines.work_date desc, lines.id desc
limit ${limit};
