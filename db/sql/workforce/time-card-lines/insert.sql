-- Always one row: a closed attendance is worth something once, or the unique key of its assignment refuses.
insert into workforce.time_card_lines (id, tenant_id, business_id, staff_id, assignment_id, hub_id, category, work_date, minutes, rate_cents,
  pay_rate_cents, market_rate_cents, amount_cents, pay_cents, saving_cents)
values (${id}, ${tenantId}, ${businessId}, ${staffId}, ${assignmentId}, ${hubId}, ${category}, ${workDate}, ${minutes}, ${rateCents}, ${payRateCents},
  ${marketRateCents}, ${amountCents}, ${payCents}, ${savingCents})
returning id, work_date, minutes, pay_cents;
