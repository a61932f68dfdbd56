-- No row: after the one named, no version has a content of its own.
select 'files/' || file_id || '/versions/' || version as folder, filename, kept.mime_type, kept.storage_key as file_key, kept.created_at,
  array[file_id::text, version::text] as position
from marketplace.cloud_files
cross join lateral (
  select file_id, version, mime_type, storage_key, created_at
  from marketplace.cloud_file_versions
  where file_id = cloud_files.id
    and version > case when cloud_files.id = (${after}::text[])[1]::uuid then (${after}::text[])[2]::integer else 0 end
    and storage_key <> cloud_files.storage_key
    and not exists (
      select from marketplace.cloud_file_versions earlier
      where earlier.storage_key = cloud_file_versions.storage_key
        and earlier.file_id = cloud_files.id
        and earlier.version < cloud_file_versions.version
    )
  order by version
  limit ${limit}
) kept
where owner_id = ${userId} and cloud_files.id >= (${after}::text[])[1]::uuid
order by cloud_files.id, kept.version
limit ${limit};
