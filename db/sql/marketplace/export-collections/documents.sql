-- No row: nothing follows `after`. `lines` is null where all of them together are longer than `maxBytes`.
select case when sum(octet_length(lines)) over () <= ${maxBytes} or sum(rows) over () = 1 then lines end as lines, rows
from (
  select at / 100 as part, string_agg(row_to_json(page)::text, chr(10) order by at) || chr(10) as lines, count(*) as rows
  from (
    select page, row_number() over (order by gear_id, id) as at
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
  ) numbered
  group by part
) texts
order by part;
