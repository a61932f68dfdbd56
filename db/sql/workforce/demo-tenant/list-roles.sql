-- No row: the tenant has no shift. In the order of their dates.
select role.id, role.shift_id, shifts.order_id, shifts.date, hubs.clock_in_mode, role.starts_at, role.ends_at, role.workers_needed, role.instant_book,
  role.rate_cents, role.pay_rate_cents, role.market_rate_cents, role.lunch_break_minutes, role.paid_break
from workforce.shifts
join workforce.hubs on hubs.id = shifts.hub_id
join workforce.shift_roles role on role.shift_id = shifts.id
where shifts.tenant_id = ${tenantId}
order by shifts.date, role.starts_at, role.id;
