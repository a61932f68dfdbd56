-- Always one row at least: the first, without a worker, counts all. One for each worker who did not come follows, who did so most often first.
with counted as (
  select assignments.staff_id, count(*) as due, count(*) filter (where assignments.status = 'NO_SHOW') as no_shows,
    max(shifts.date) filter (where assignments.status = 'NO_SHOW') as last_date
  from workforce.shifts
  join workforce.assignments on assignments.shift_id = shifts.id
  where shifts.tenant_id = ${tenantId} and shifts.business_id = ${businessId} and shifts.status <> 'CANCELLED'
    and shifts.date between ${startDate}::date and ${endDate}::date
    -- Begins with its shift, or within the two days that one may last: said so that an index can find those of a long range.
    and assignments.tenant_id = ${tenantId} and assignments.business_id = ${businessId} and assignments.status = any(${due}::text[])
    and assignments.starts_at >= ${startDate}::date - 2 and assignments.starts_at < ${endDate}::date + 5
  group by grouping sets ((assignments.staff_id), ())
)
select counted.staff_id, staff.full_name, counted.due, counted.no_shows, counted.last_date
from counted
left join workforce.staff on staff.id = counted.staff_id
where counted.staff_id is null or counted.no_shows > 0
order by counted.staff_id is not null, counted.no_shows desc, counted.last_date desc, counted.staff_id
limit ${limit};
