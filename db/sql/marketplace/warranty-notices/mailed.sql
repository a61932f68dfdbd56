-- No row: it was marked before, or is gone.
update marketplace.warranty_notices
set mailed_at = now()
where gear_id = ${gearId} and ends_on = ${endsOn}::date and threshold_days = ${thresholdDays} and mailed_at is null
returning gear_id;
