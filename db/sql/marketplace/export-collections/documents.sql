-- Always one row: `rows` is 0 when nothing follows `after`, `lines` null when they would be longer than `maxBytes`.
select case when octet_length(lines) <= ${maxBytes} or rows = 1 then lines end as lines, rows
from (
  select string_agg(row_to_json(page)::text, chr(10) order by gear_id, id) || chr(10) as lines, count(*) as rows
  from (
    select document.id, gear.id as gear_id, document.type, document.filename, document.mime_type, document.size_bytes, document.sha256, document.created_at
    from marketplace.gear
    cross join lateral (
      select id, type, filename, mime_type, size_bytes, sha256, created_at
      from marketplace.gear_documents
      where gear_id = gear.id
        and id > case when gear.id = (${after}::text[])[1]::uuid then (${after}::text[])[2]::uuid else '00000000-0000-0000-0000-000000000000' end
      order by id
      limit ${limit}
    ) document
    where owner_id = ${userId} and gear.id >= (${after}::text[])[1]::uuid
    order by gear.id, document.id
    limit ${limit}
  ) page
) pages;
