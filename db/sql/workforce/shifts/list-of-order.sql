-- No row: the order has no shift from that day on.
select shifts.id, shifts.date, shifts.starts_at, shifts.ends_at, shifts.status, coalesce(sum(shift_roles.workers_needed), 0)::integer as workers_needed,
  coalesce(sum(shift_roles.workers_booked), 0)::integer as workers_booked
from workforce.shifts
left join workforce.shift_roles on shift_roles.shift_id = shifts.id
where shifts.tenant_id = ${tenantId} and shifts.order_id = ${orderId} and shifts.date >= ${from}
group by shifts.id
order by shifts.starts_at, shifts.id
limit ${limit};
