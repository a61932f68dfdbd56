-- No row: the tenant has no such order.
update workforce.orders
set event_name = ${eventName}, starts_on = ${startsOn}, ends_on = ${endsOn}, week_days = ${weekDays}::smallint[], positions = ${positions}::jsonb,
  expanded_to = ${expandedTo}, updated_at = now()
where tenant_id = ${tenantId} and id = ${id}
returning id;
