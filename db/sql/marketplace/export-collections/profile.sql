-- Always one row: `rows` is 0 when nothing follows `after`, `lines` null when they would be longer than `maxBytes`.
select case when octet_length(lines) <= ${maxBytes} or rows = 1 then lines end as lines, rows
from (
  select string_agg(row_to_json(page)::text, chr(10) order by id) || chr(10) as lines, count(*) as rows
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
) pages;
