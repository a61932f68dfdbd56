-- No row: the business has its invoice for this week.
insert into workforce.invoices (id, tenant_id, business_id, week_starts_on, total_cents)
values (${id}, ${tenantId}, ${businessId}, ${weekStartsOn}, ${totalCents})
on conflict (business_id, week_starts_on) do nothing
returning id, currency;
