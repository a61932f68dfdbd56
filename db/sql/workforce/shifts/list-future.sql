-- No row: no shift of the order is still to begin. With the places that are booked, by position.
select shifts.id, shifts.date, coalesce(jsonb_object_agg(shift_roles.position_no, shift_roles.workers_booked) filter (where shift_roles.position_no is not null), '{}') as booked
from workforce.shifts
left join workforce.shift_roles on shift_roles.shift_id = shifts.id
where shifts.tenant_id = ${tenantId} and shifts.order_id = ${orderId} and shifts.starts_at > now() and shifts.status in ('OPEN', 'FILLED')
group by shifts.id
order by shifts.starts_at, shifts.id;
