-- No row: every permanent order, after the last one seen, has its shifts up to its horizon. A day more than that is looked for: it may be tomorrow at the hub.
select id, tenant_id, business_id
from workforce.orders
where type = 'PERMANENT' and status <> 'CANCELLED' and expanded_to < (${now}::timestamptz at time zone 'utc')::date + horizon_days
  and (ends_on is null or expanded_to < ends_on) and (${afterId}::uuid is null or id > ${afterId})
order by id
limit ${limit};
