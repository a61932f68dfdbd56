-- No row: the tenant has no such order. The roles of shifts as their order's positions say; those that are there keep their name and rates.
insert into workforce.shift_roles
  (id, tenant_id, shift_id, position_no, vendor_role_id, name, rate_cents, pay_rate_cents, market_rate_cents, workers_needed, lunch_break_minutes, paid_break,
  instant_book, starts_at, ends_at)
select slot.id, orders.tenant_id, slot.shift_id, slot.position_no, (position.value ->> 'roleId')::uuid, position.value ->> 'name',
  (position.value ->> 'rateCents')::integer, (position.value ->> 'payRateCents')::integer, (position.value ->> 'marketRateCents')::integer,
  (position.value ->> 'workersNeeded')::integer, (position.value ->> 'lunchBreakMinutes')::integer, (position.value ->> 'paidBreak')::boolean,
  (position.value ->> 'instantBook')::boolean, slot.starts_at, slot.ends_at
from workforce.orders
cross join lateral jsonb_array_elements(orders.positions) with ordinality as position (value, no)
join unnest(${ids}::uuid[], ${shiftIds}::uuid[], ${positionNos}::smallint[], ${startsAt}::timestamptz[], ${endsAt}::timestamptz[])
  as slot (id, shift_id, position_no, starts_at, ends_at) on slot.position_no = position.no
where orders.tenant_id = ${tenantId} and orders.id = ${orderId}
on conflict (shift_id, position_no) do update
set workers_needed = excluded.workers_needed, lunch_break_minutes = excluded.lunch_break_minutes, paid_break = excluded.paid_break,
  instant_book = excluded.instant_book, starts_at = excluded.starts_at, ends_at = excluded.ends_at
returning id;
