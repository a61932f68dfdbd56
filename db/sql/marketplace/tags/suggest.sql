-- No row: no tag in use begins like this.
-- A prefix that many tags share is found among the most used of its first letter; one that isn't found there is shared by few enough to sort.
-- 1,000 keeps both ways within milliseconds at 1,000,000 tags.
with near as materialized (
  select name, uses
  from (
    select name, normalized, uses
    from marketplace.tags
    where left(normalized, 1) = left(${prefix}, 1) and uses > 0
    order by uses desc, name
    limit 1000
  ) as most_used
  where normalized ^@ ${prefix}
  order by uses desc, name
  limit ${limit}
), far as materialized (
  select name, uses
  from marketplace.tags
  where (select count(*) from near) < ${limit}
    and normalized ~>=~ ${prefix} and normalized ~<~ (${prefix} || chr(1114111)) and uses > 0
  order by uses desc, name
  limit ${limit}
)
select name, uses from near where (select count(*) from near) = ${limit}
union all
select name, uses from far
order by uses desc, name;
