-- No row: nothing was named.
-- In the order of names, so that two writers of the same tags wait for each other and never crosswise.
with changes as materialized (
  select name, normalized, change
  from unnest(${names}::text[], ${normalized}::text[], ${changes}::integer[]) as given (name, normalized, change)
)
insert into marketplace.tags (name, normalized, uses)
select name, normalized, greatest(change, 0)
from changes
order by name
on conflict (name) do update
set uses = greatest(tags.uses + (select change from changes where changes.name = excluded.name), 0)
returning name;
