-- No row: a receipt was here first, or there is no such notification.
update fieldservice.notifications
set status = 'sent', updated_at = now(), provider_message_id = (
  select message.id
  from (values (${providerMessageId}::text)) as message (id)
  where not exists (select from fieldservice.notifications other where other.provider_message_id = message.id)
)
where id = ${id} and status = 'queued'
returning invite_id;
