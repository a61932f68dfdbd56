-- No row: it was mailed, or is gone.
delete from marketplace.warranty_notices
where gear_id = ${gearId} and ends_on = ${endsOn}::date and threshold_days = ${thresholdDays} and mailed_at is null
returning gear_id;
