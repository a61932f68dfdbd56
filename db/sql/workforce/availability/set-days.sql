-- No row: the range is empty. Days of the week are ISO: Monday is 1.
insert into workforce.availability (staff_id, date, status, slots)
select staff.id, day::date, case when extract(isodow from day) = any(${weekDays}::integer[]) then 'AVAILABLE' else 'UNAVAILABLE' end, '[]'
from workforce.staff, generate_series(${startDate}::date::timestamp, ${endDate}::date::timestamp, interval '1 day') as day
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
on conflict (staff_id, date) do update
set status = excluded.status, slots = excluded.slots, updated_at = now()
returning date;
