-- Always one row. By the date in UTC on which the review was given.
select count(*) as reviews, round(avg(rating), 1)::float8 as average
from workforce.staff_reviews
where tenant_id = ${tenantId} and business_id = ${businessId} and created_at >= ${startDate}::date::timestamp at time zone 'utc'
  and created_at < (${endDate}::date + 1)::timestamp at time zone 'utc';
