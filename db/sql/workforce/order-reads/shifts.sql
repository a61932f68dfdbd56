-- No row: the business has no (further) shift in these days. Without days: today, at each hub by its own clock, which is at most a day away from UTC's.
select shifts.id, shifts.order_id, orders.order_number, orders.type as order_type, orders.status as order_status, orders.event_name, shifts.hub_id,
  hubs.name as hub_name, orders.vendor_id, vendors.name as vendor_name, shifts.date, shifts.starts_at, shifts.ends_at, shifts.status,
  to_json(shifts.starts_at) #>> '{}' as sorted_at
from workforce.shifts
join workforce.hubs on hubs.id = shifts.hub_id
join workforce.orders on orders.id = shifts.order_id
left join workforce.vendors on vendors.id = orders.vendor_id
where shifts.tenant_id = ${tenantId} and shifts.business_id = ${businessId} and (${cancelled} or shifts.status <> 'CANCELLED')
  and shifts.date between coalesce(${startDate}::date, (now() at time zone 'utc')::date - 1) and coalesce(${endDate}::date, (now() at time zone 'utc')::date + 1)
  and (${startDate}::date is not null or shifts.date = (now() at time zone hubs.time_zone)::date)
  and (${afterId}::uuid is null or (shifts.date, shifts.starts_at, shifts.id) > (${afterDate}::date, ${afterAt}::timestamptz, ${afterId}::uuid))
order by shifts.date, shifts.starts_at, shifts.id
limit ${limit};
