-- No row: nobody (further) has completed a shift of the business since then.
select team.staff_id, staff.full_name, team.completed_shifts, team.last_worked_at,
  (
    select round(avg(review.rating), 1)::float8
    from workforce.staff_reviews review
    where review.tenant_id = ${tenantId} and review.business_id = ${businessId} and review.staff_id = team.staff_id
  ) as average_rating,
  exists (select from workforce.favorite_staff favorite where favorite.business_id = ${businessId} and favorite.staff_id = team.staff_id) as favorite
from (
  select assignments.staff_id, count(*) as completed_shifts, max(assignments.starts_at) as last_worked_at
  from workforce.assignments
  where assignments.tenant_id = ${tenantId} and assignments.business_id = ${businessId} and assignments.status in ('CHECKED_OUT', 'COMPLETED')
    and assignments.starts_at >= now() - make_interval(days => ${days})
  group by assignments.staff_id
  having ${afterId}::uuid is null or (count(*), assignments.staff_id) < (${afterCount}::bigint, ${afterId}::uuid)
  order by count(*) desc, assignments.staff_id desc
  limit ${limit}
) team
join workforce.staff on staff.id = team.staff_id
order by team.completed_shifts desc, team.staff_id desc;
