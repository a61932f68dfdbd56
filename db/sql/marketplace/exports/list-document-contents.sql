-- No row: the user's gear has no document after the one named.
select 'files/' || document.id as folder, filename, mime_type, storage_key as file_key, document.created_at,
  array[gear.id::text, document.id::text] as position
from marketplace.gear
cross join lateral (
  select id, filename, mime_type, storage_key, created_at
  from marketplace.gear_documents
  where gear_id = gear.id
    and id > case when gear.id = (${after}::text[])[1]::uuid then (${after}::text[])[2]::uuid else '00000000-0000-0000-0000-000000000000' end
  order by id
  limit ${limit}
) document
where owner_id = ${userId} and gear.id >= (${after}::text[])[1]::uuid
order by gear.id, document.id
limit ${limit};
