-- No row: nothing follows `after`. `lines` is null where all of them together are longer than `maxBytes`.
select case when sum(octet_length(lines)) over () <= ${maxBytes} or sum(rows) over () = 1 then lines end as lines, rows
from (
  select at / 100 as part, string_agg(row_to_json(page)::text, chr(10) order by at) || chr(10) as lines, count(*) as rows
  from (
    select page, row_number() over (order by id) as at
    from (
      select users.id, username, email, role, users.created_at,
        (
          select row_to_json(account)
          from (
            select stripe_account_id, default_currency, details_submitted, transfers_active, onboarded_at, created_at
            from marketplace.sellers
            where user_id = users.id
          ) account
        ) as seller_account
      from marketplace.users
      where id = ${userId} and id > (${after}::text[])[1]::uuid
      order by id
      limit ${limit}
    ) page
  ) numbered
  group by part
) texts
order by part;
