-- No row: nothing was worked for the business in these days.
select category, sum(amount_cents)::bigint as amount_cents
from workforce.time_card_lines
where tenant_id = ${tenantId} and business_id = ${businessId} and work_date between ${startDate}::date and ${endDate}::date
group by category
order by sum(amount_cents) desc, category;
