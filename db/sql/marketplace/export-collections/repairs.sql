-- Always one row: `rows` is 0 when nothing follows `after`, `lines` null when they would be longer than `maxBytes`.
select case when octet_length(lines) <= ${maxBytes} or rows = 1 then lines end as lines, rows
from (
  select string_agg(row_to_json(page)::text, chr(10) order by gear_id, repair_date, id) || chr(10) as lines, count(*) as rows
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
) pages;
