-- Always one row; null: nothing was sent within the minute. Seconds until the oldest of them is a minute old.
select count(*)::integer as sends, ceil(extract(epoch from min(created_at) + interval '1 minute' - clock_timestamp()))::integer as frees_in_s
from fieldservice.invoice_sends
where tenant_id = ${tenantId} and created_at > clock_timestamp() - interval '1 minute';
