-- No row: all that was worked up to the end of that week is billed. A line of a week that has its invoice already counts to the week asked for.
select distinct worked.tenant_id, worked.business_id, case when invoices.id is null then worked.week else ${weekStartsOn}::date end as week_starts_on
from (
  select distinct tenant_id, business_id, date_trunc('week', work_date::timestamp)::date as week
  from workforce.time_card_lines
  where invoice_id is null and work_date < ${weekStartsOn}::date + 7
) worked
left join workforce.invoices on invoices.business_id = worked.business_id and invoices.week_starts_on = worked.week
order by worked.tenant_id, worked.business_id, week_starts_on;
