-- No row: the tenant has no such worker. How often they were given one to five points, by one business if it is named; no average without a review.
select staff.id as staff_id, count(review.id)::integer as review_count, round(avg(review.rating), 2)::float8 as average_rating,
  count(*) filter (where review.rating = 1)::integer as ones, count(*) filter (where review.rating = 2)::integer as twos,
  count(*) filter (where review.rating = 3)::integer as threes, count(*) filter (where review.rating = 4)::integer as fours,
  count(*) filter (where review.rating = 5)::integer as fives
from workforce.staff
left join workforce.staff_reviews review on review.tenant_id = staff.tenant_id and review.staff_id = staff.id
  and (${businessId}::uuid is null or review.business_id = ${businessId})
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
group by staff.id;
