-- Always as many rows as presences that are over.
insert into workforce.time_card_lines (id, tenant_id, business_id, staff_id, assignment_id, hub_id, category, work_date, minutes, rate_cents, pay_rate_cents,
  market_rate_cents, amount_cents, pay_cents, saving_cents)
select line.id, ${tenantId}, shifts.business_id, assignments.staff_id, assignments.id, shifts.hub_id, role.name, shifts.date, line.minutes, role.rate_cents,
  role.pay_rate_cents, role.market_rate_cents, line.amount_cents, line.pay_cents, line.saving_cents
from unnest(${ids}::uuid[], ${assignmentIds}::uuid[], ${minutes}::integer[], ${amountCents}::bigint[], ${payCents}::bigint[], ${savingCents}::bigint[])
  as line (id, assignment_id, minutes, amount_cents, pay_cents, saving_cents)
join workforce.assignments on assignments.id = line.assignment_id
join workforce.shift_roles role on role.id = assignments.shift_role_id
join workforce.shifts on shifts.id = assignments.shift_id
returning id;
