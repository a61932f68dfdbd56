-- No row: none that was announced before that time is still unfinished.
delete from fieldservice.attachments
where completed_at is null and id in (
  select id from fieldservice.attachments where completed_at is null and created_at < ${before}::timestamptz limit ${limit}
)
returning id;
