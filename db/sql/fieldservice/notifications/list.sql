-- No row: the tenant has sent none of these.
select id, channel, status, provider_message_id, error, updated_at
from fieldservice.notifications
where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and send_id is not null;
