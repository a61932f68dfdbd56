-- Always one row.
insert into workforce.orders
  (id, tenant_id, business_id, hub_id, vendor_id, order_number, type, event_name, starts_on, ends_on, week_days, positions, expanded_to, horizon_days, created_by)
values (
  ${id}, ${tenantId}, ${businessId}, ${hubId}, ${vendorId}, ${orderNumber}, ${type}, ${eventName}, ${startsOn}, ${endsOn}, ${weekDays}::smallint[],
  ${positions}::jsonb, ${expandedTo}, ${horizonDays}, ${createdBy}
)
returning id;
