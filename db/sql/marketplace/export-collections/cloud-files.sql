-- Always one row: `rows` is 0 when nothing follows `after`, `lines` null when they would be longer than `maxBytes`.
select case when octet_length(lines) <= ${maxBytes} or rows = 1 then lines end as lines, rows
from (
  select string_agg(row_to_json(page)::text, chr(10) order by id) || chr(10) as lines, count(*) as rows
  from (
    select id, filename, mime_type, size_bytes, sha256, current_version, created_at, updated_at,
      (
        select coalesce(json_agg(row_to_json(share) order by created_at), '[]')
        from (
          select permissions, expires_at, created_at
          from marketplace.cloud_shares
          where file_id = cloud_files.id
        ) share
      ) as shares
    from marketplace.cloud_files
    where owner_id = ${userId} and id > (${after}::text[])[1]::uuid
    order by id
    limit ${limit}
  ) page
) pages;
