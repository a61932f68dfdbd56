-- No row: the tenant has no such shift.
select shifts.id, shifts.status, shifts.date, shifts.starts_at, shifts.ends_at, orders.event_name, businesses.name as business_name,
  hubs.id as hub_id, hubs.name as hub_name, hubs.address, hubs.latitude, hubs.longitude, hubs.time_zone,
  coalesce(shifts.clock_in_mode, hubs.clock_in_mode) as clock_in_mode, hubs.radius_meters
from workforce.shifts
join workforce.orders on orders.id = shifts.order_id
join workforce.businesses on businesses.id = shifts.business_id
join workforce.hubs on hubs.id = shifts.hub_id
where shifts.tenant_id = ${tenantId} and shifts.id = ${shiftId};
