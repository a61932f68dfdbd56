-- Always one row. Until the end of the transaction, times are written in UTC.
select set_config('TimeZone', 'UTC', true) as zone;
