-- No row for an item: of that end date this, or something tighter, was told; or the date has changed; or the gear is gone.
insert into marketplace.warranty_notices (gear_id, threshold_days, ends_on)
select id, threshold_days, ends_on
from (
  select gear.id, due.threshold_days, due.ends_on
  from unnest(${gearIds}::uuid[], ${thresholds}::smallint[], ${endsOn}::date[]) as due(gear_id, threshold_days, ends_on)
  join marketplace.gear on gear.id = due.gear_id and gear.warranty_expires_at = due.ends_on
  where not exists (
    select from marketplace.warranty_notices told
    where told.gear_id = due.gear_id and told.ends_on = due.ends_on and told.threshold_days <= due.threshold_days
  )
  order by due.ends_on, due.gear_id
  for key share of gear
) due
on conflict do nothing
returning gear_id, threshold_days, ends_on::text as ends_on;
