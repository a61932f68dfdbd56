-- No row: nobody has, or had, anything to do with the shifts of the business in these days. A row for each other day.
with counted as (
  select shifts.date, assignments.status, came_late.assignment_id is not null as late, count(*) as places
  from workforce.shifts
  join workforce.assignments on assignments.shift_id = shifts.id
  left join workforce.attendance came_late on came_late.assignment_id = assignments.id and came_late.late and came_late.tenant_id = ${tenantId}
    and came_late.business_id = ${businessId} and came_late.clock_in_at >= ${startDate}::date - 3 and came_late.clock_in_at < ${endDate}::date + 6
  where shifts.tenant_id = ${tenantId} and shifts.business_id = ${businessId} and shifts.status <> 'CANCELLED'
    and shifts.date between ${startDate}::date and ${endDate}::date
    -- Begins with its shift, or within the two days that one may last: said so that an index can find those of a long range.
    and assignments.tenant_id = ${tenantId} and assignments.business_id = ${businessId}
    and assignments.starts_at >= ${startDate}::date - 2 and assignments.starts_at < ${endDate}::date + 5
  group by shifts.date, assignments.status, came_late.assignment_id is not null
)
select date, coalesce(sum(places) filter (where status = any(${booked}::text[])), 0)::bigint as confirmed,
  coalesce(sum(places) filter (where status = any(${came}::text[])), 0)::bigint as came,
  coalesce(sum(places) filter (where status in ('CHECKED_OUT', 'COMPLETED')), 0)::bigint as completed,
  coalesce(sum(places) filter (where late and status = any(${came}::text[])), 0)::bigint as late,
  coalesce(sum(places) filter (where status = 'NO_SHOW'), 0)::bigint as no_shows
from counted
group by date
order by date;
