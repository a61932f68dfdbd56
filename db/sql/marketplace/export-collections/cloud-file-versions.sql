-- No row: nothing follows `after`. `lines` is null where all of them together are longer than `maxBytes`.
select case when sum(octet_length(lines)) over () <= ${maxBytes} or sum(rows) over () = 1 then lines end as lines, rows
from (
  select at / 100 as part, string_agg(row_to_json(page)::text, chr(10) order by at) || chr(10) as lines, count(*) as rows
  from (
    select page, row_number() over (order by file_id, version) as at
    from (
      select kept.id, cloud_files.id as file_id, kept.version, kept.mime_type, kept.size_bytes, kept.sha256, kept.created_at
      from marketplace.cloud_files
      cross join lateral (
        select id, version, mime_type, size_bytes, sha256, created_at
        from marketplace.cloud_file_versions
        where file_id = cloud_files.id
          and version > case when cloud_files.id = (${after}::text[])[1]::uuid then (${after}::text[])[2]::integer else 0 end
        order by version
        limit ${limit}
      ) kept
      where owner_id = ${userId} and cloud_files.id >= (${after}::text[])[1]::uuid
      order by cloud_files.id, kept.version
      limit ${limit}
    ) page
  ) numbered
  group by part
) texts
order by part;
