-- No row: there is no such message, or it had got as far. A message whose answer was lost is known by the notification that its
-- receipt names; one that we gave up on for that reason is what its provider says after all.
update fieldservice.notifications notification
set status = ${status}, error = ${error}, provider_message_id = ${providerMessageId}, updated_at = now()
where notification.id = coalesce(
    (select known.id from fieldservice.notifications known where known.provider_message_id = ${providerMessageId}),
    ${notificationId}::uuid
  )
  and notification.channel <> 'email'
  and (
    notification.provider_message_id is null and notification.tried_at is not null
    or notification.provider_message_id = ${providerMessageId} and notification.status = 'sent' and ${status} <> 'sent'
  )
returning id;
