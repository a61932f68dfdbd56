-- No row: a row refers to each of these stored objects.
select key
from unnest(${keys}::text[]) as stored (key)
where not exists (select from marketplace.cloud_files where storage_key = key)
  and not exists (select from marketplace.cloud_file_versions where storage_key = key)
  and not exists (select from marketplace.gear_documents where storage_key = key)
  and not exists (select from marketplace.exports where file_key = key)
  and not exists (select from workforce.files where storage_key = key)
  and not exists (select from fieldservice.attachments where file_key = key);
