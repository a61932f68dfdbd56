-- Always one row. By the date in UTC, at most a day away from that at a hub.
select coalesce(sum(saving_cents), 0)::bigint as cents
from workforce.time_card_lines
where tenant_id = ${tenantId} and business_id = ${businessId} and work_date > (now() at time zone 'utc')::date - ${days}::integer;
