-- Always one row. Whether orders have shifts at the hub that are not over, or will get some. Runs under the hub's lock.
select exists (
    select
    from workforce.shifts
    where tenant_id = ${tenantId} and hub_id = ${hubId} and starts_at > now() - interval '50 hours' and ends_at > now() and status not in ('COMPLETED', 'CANCELLED')
  ) or exists (
    select
    from workforce.orders
    where tenant_id = ${tenantId} and business_id = ${businessId} and hub_id = ${hubId} and type = 'PERMANENT' and status <> 'CANCELLED'
      and (ends_on is null or expanded_to < ends_on)
  ) as in_use;
