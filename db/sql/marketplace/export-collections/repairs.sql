-- No row: nothing follows `after`. `lines` is null where all of them together are longer than `maxBytes`.
select case when sum(octet_length(lines)) over () <= ${maxBytes} or sum(rows) over () = 1 then lines end as lines, rows
from (
  select at / 100 as part, string_agg(row_to_json(page)::text, chr(10) order by at) || chr(10) as lines, count(*) as rows
  from (
    select page, row_number() over (order by gear_id, repair_date, id) as at
    from (
      select repair.id, gear.id as gear_id, repair.repair_date, repair.description, repair.cost_cents, repair.currency, repair.provider, repair.created_at
      from marketplace.gear
      cross join lateral (
        select id, repair_date, description, cost_cents, currency, provider, created_at
        from marketplace.gear_repairs
        where gear_id = gear.id
          and (repair_date, id) > (
            case when gear.id = (${after}::text[])[1]::uuid then (${after}::text[])[2]::date else '-infinity' end,
            case when gear.id = (${after}::text[])[1]::uuid then (${after}::text[])[3]::uuid else '00000000-0000-0000-0000-000000000000' end
          )
        order by repair_date, id
        limit ${limit}
      ) repair
      where owner_id = ${userId} and gear.id >= (${after}::text[])[1]::uuid
      order by gear.id, repair.repair_date, repair.id
      limit ${limit}
    ) page
  ) numbered
  group by part
) texts
order by part;
