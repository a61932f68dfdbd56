-- No row: none of these is another notification's.
select provider_message_id
from fieldservice.notifications
where provider_message_id = any(${messageIds}::text[]) and id <> ${id};
