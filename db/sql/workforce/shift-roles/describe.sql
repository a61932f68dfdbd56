-- No row: none of these ids is a role of the tenant's. In the order in which they were named, with what they are to this worker.
select shift_roles.id, shift_roles.shift_id, shift_roles.name as role_name, shift_roles.pay_rate_cents, shift_roles.lunch_break_minutes,
  shift_roles.paid_break, shift_roles.instant_book, shift_roles.workers_needed, shift_roles.workers_needed - shift_roles.workers_booked as places_left,
  shift_roles.starts_at, shift_roles.ends_at, (shift_roles.starts_at at time zone hubs.time_zone)::date as date,
  (
    select count(*)
    from workforce.assignments swap
    where swap.shift_role_id = shift_roles.id and swap.status = 'SWAP_REQUESTED' and swap.staff_id <> ${staffId}
      and swap.starts_at > now() + make_interval(secs => ${closesBeforeMs} / 1000.0)
      and swap.swap_requested_at > now() - make_interval(secs => ${lastsMs} / 1000.0)
  ) as swaps,
  orders.event_name, businesses.name as business_name, hubs.id as hub_id, hubs.name as hub_name, hubs.address, hubs.latitude, hubs.longitude, hubs.time_zone
from unnest(${ids}::uuid[]) with ordinality as wanted (id, place)
join workforce.shift_roles on shift_roles.id = wanted.id
join workforce.shifts on shifts.id = shift_roles.shift_id
join workforce.orders on orders.id = shifts.order_id
join workforce.businesses on businesses.id = shifts.business_id
join workforce.hubs on hubs.id = shifts.hub_id
where shift_roles.tenant_id = ${tenantId}
order by wanted.place;
