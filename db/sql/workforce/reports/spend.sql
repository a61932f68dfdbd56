-- No row: nothing was worked for the business in these days. A row for each day, one for each kind of work, and one for each hub.
with lines as materialized (
  select line.work_date, line.category, line.hub_id, sum(line.minutes) as minutes, sum(line.amount_cents) as amount_cents, sum(line.saving_cents) as saving_cents
  from workforce.time_card_lines line
  where line.tenant_id = ${tenantId} and line.business_id = ${businessId} and line.work_date between ${startDate}::date and ${endDate}::date
  group by line.work_date, line.category, line.hub_id
)
select sums.date, sums.category, sums.hub_id, hubs.name as hub_name, sums.minutes, sums.amount_cents, sums.saving_cents
from (
  select work_date as date, category, hub_id, sum(minutes)::bigint as minutes, sum(amount_cents)::bigint as amount_cents, sum(saving_cents)::bigint as saving_cents
  from lines
  group by grouping sets ((work_date), (category), (hub_id))
) sums
left join workforce.hubs on hubs.id = sums.hub_id
order by sums.date, sums.amount_cents desc, sums.category, sums.hub_id;
